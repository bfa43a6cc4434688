/** Odd events that may be skipped in one stream before it counts as broken. */
const maxBadEvents = 8;

/**
 * Decides about events that are not what their protocol promises. One that carries no content may be skipped, some
 * times; a broken one that looks like content may not, because the answer would silently lack a piece.
 */
export class BadEvents {
  private readonly contentMarks: readonly string[];
  private skipped = 0;

  /** `contentMarks` are pieces of text that only events with content hold. */
  constructor(contentMarks: readonly string[]) {
    this.contentMarks = contentMarks;
  }

  /** True when an event that is no JSON may be skipped. One that begins like an object was cut, whatever it held. */
  maySkip(data: string): boolean {
    this.skipped++;
    const mayHoldContent = data.trimStart().startsWith('{') || this.contentMarks.some((mark) => data.includes(mark));
    return this.skipped <= maxBadEvents && !mayHoldContent;
  }
}
