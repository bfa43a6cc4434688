import { shortText } from './short-text.ts';

/** The longest word on record has 29 characters (`model_context_window_exceeded`). */
const maxReasonCharacters = 64;

/**
 * A vendor's own word for why it stopped, fit for a record: at most 64 characters, none of them a control character
 * or half of a pair (a database refuses both). Undefined when nothing is left.
 */
export function cleanNativeReason(native: string | undefined): string | undefined {
  const clean = native === undefined ? '' : shortText(native, maxReasonCharacters);
  return clean === '' ? undefined : clean;
}
