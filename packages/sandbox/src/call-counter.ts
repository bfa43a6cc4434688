/** The least recently used counters are forgotten beyond this number. */
const maxCounters = 10_000;

/** Counts calls by a key of the caller's choice, for faults that strike only the first of them. */
export class CallCounter {
  readonly #counts = new Map<string, number>();

  /** Counts one more call under the key and returns its number, from 1. */
  next(key: string): number {
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.delete(key);
    this.#counts.set(key, count);
    if (this.#counts.size > maxCounters) {
      const oldest = this.#counts.keys().next();
      if (oldest.done !== true) this.#counts.delete(oldest.value);
    }
    return count;
  }
}
