/** An address as it is stored and looked up: mailboxes differ in upper and lower case nowhere that matters. */
export function normalizeEmail(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase();
}
