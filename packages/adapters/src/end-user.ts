import { shortText } from './short-text.ts';

const maxEndUserCharacters = 256;

/** A client's name for its own user: at most 256 characters, without control characters; undefined when empty. */
export function cleanEndUser(user: string | null | undefined): string | undefined {
  const clean = user === null || user === undefined ? '' : shortText(user, maxEndUserCharacters);
  return clean === '' ? undefined : clean;
}
