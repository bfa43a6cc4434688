/** So much more than what is kept is read at most: text of control characters alone must not cost a pass over megabytes. */
const readFactor = 16;

/** The first characters (UTF-16 units) of a text from outside, without control characters and without lone surrogates. */
export function shortText(text: string, maxCharacters: number): string {
  let clean = '';
  for (const character of text.slice(0, maxCharacters * readFactor)) {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const isHalf = code >= 0xd800 && code <= 0xdfff;
    if (!isControl && !isHalf) {
      if (clean.length + character.length > maxCharacters) {
        break;
      }
      clean += character;
    }
  }
  return clean;
}
