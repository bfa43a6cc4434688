/**
 * Believes that a word from the database is one of a closed set. Throws RangeError when it is not: then the database
 * is newer than this code.
 */
export function oneOf<const Word extends string>(words: readonly Word[], value: string): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) {
    throw new RangeError(`The database says "${value}" where one of ${words.join(', ')} is known.`);
  }
  return found;
}

/** Milliseconds since 1970, or undefined for null. */
export function toMs(date: Date | null): number | undefined {
  return date?.getTime();
}

/** A Date, or null for undefined: how an absent moment is stored. */
export function toDate(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}

/** Bytes as Postgres drivers want them, without a copy. */
export function toBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
