/**
 * Something that went wrong and has been put into words for the person at the terminal: one sentence and what to do.
 * Commands print the message without a stack and end with exit code 1.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The system error code (`ENOENT`, `EADDRINUSE`...) of a thrown value; empty when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
