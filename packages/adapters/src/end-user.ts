const maxEndUserCharacters = 256;
/** So much is read at most: a name of control characters alone must not cost a pass over megabytes. */
const maxReadCharacters = 4_096;

/** A client's name for its own user: at most 256 characters, without control characters; undefined when empty. */
export function cleanEndUser(user: string | null | undefined): string | undefined {
  if (user === null || user === undefined) {
    return undefined;
  }
  let clean = '';
  for (const character of user.slice(0, maxReadCharacters)) {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const isHalf = code >= 0xd800 && code <= 0xdfff;
    if (!isControl && !isHalf) {
      if (clean.length + character.length > maxEndUserCharacters) {
        break;
      }
      clean += character;
    }
  }
  return clean === '' ? undefined : clean;
}
