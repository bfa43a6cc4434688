import { digestOf } from './digest.ts';
import type { Digest } from './digest.ts';
import type { PromptBlock } from './ask.ts';
import { noCache } from './usage.ts';
import type { CacheUse } from './usage.ts';

/** Prompts shorter than this are not cached by the vendors that the sandbox stands for. */
export const leastCachedTokens = 1_024;
/** A prefix that is cached by itself is recognised in steps of so many tokens. */
const stepTokens = 128;
const bytesPerStep = stepTokens * 4;
const fiveMinutesMs = 300_000;
const hourMs = 3_600_000;
/** The oldest prefixes are forgotten beyond this number. */
const maxRemembered = 200_000;

/** Remembers prompt prefixes for as long as the process lives, so that a second call reports cache hits. */
export class PromptMemory {
  readonly #expiresAt = new Map<Digest, number>();
  readonly #now: () => number;

  /** `now` is the time in milliseconds; a test hands in its own. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Caching without being asked: the longest prefix seen before, in steps of 128 tokens from 1,024 on. `owner` keeps callers apart. */
  recallAutomatically(owner: string, prompt: readonly PromptBlock[]): CacheUse {
    const text = Buffer.from(prompt.map((block) => block.text).join('\n'));
    const steps = Math.floor(text.length / bytesPerStep);
    if (steps * stepTokens < leastCachedTokens) return noCache;
    let key = digestOf(owner, 'automatic');
    let cachedSteps = 0;
    let isKnown = true;
    for (let step = 1; step <= steps; step += 1) {
      key = digestOf(key, text.toString('latin1', (step - 1) * bytesPerStep, step * bytesPerStep));
      isKnown &&= this.#isFresh(key);
      if (isKnown) cachedSteps = step;
      this.#remember(key, fiveMinutesMs);
    }
    const cachedTokens = cachedSteps * stepTokens;
    return cachedTokens < leastCachedTokens ? noCache : { ...noCache, cachedTokens };
  }

  /**
   * Caching at the breakpoints that the caller set: reads the longest prefix which ended at a breakpoint before, and
   * writes from there up to the last breakpoint of this prompt.
   */
  recallAtBreakpoints(owner: string, prompt: readonly PromptBlock[]): CacheUse {
    const last = prompt.findLastIndex((block) => block.cacheFor !== undefined);
    if (last < 0) return noCache;
    let key = digestOf(owner, 'breakpoints');
    let tokens = 0;
    let cachedTokens = 0;
    const breakpoints: { readonly key: Digest; readonly tokens: number; readonly cacheFor: '5m' | '1h' }[] = [];
    for (const block of prompt.slice(0, last + 1)) {
      key = digestOf(key, block.text);
      tokens += block.tokens;
      if (tokens < leastCachedTokens) continue;
      if (this.#isFresh(key)) cachedTokens = tokens;
      if (block.cacheFor !== undefined) breakpoints.push({ key, tokens, cacheFor: block.cacheFor });
    }
    let writtenUpTo = cachedTokens;
    let hourTokens = 0;
    for (const point of breakpoints) {
      if (point.tokens > writtenUpTo) {
        if (point.cacheFor === '1h') hourTokens += point.tokens - writtenUpTo;
        writtenUpTo = point.tokens;
      }
      this.#remember(point.key, point.cacheFor === '1h' ? hourMs : fiveMinutesMs);
    }
    return { cachedTokens, cacheWriteTokens: writtenUpTo - cachedTokens, cacheWriteHourTokens: hourTokens };
  }

  #isFresh(key: Digest): boolean {
    return (this.#expiresAt.get(key) ?? 0) > this.#now();
  }

  #remember(key: Digest, forMs: number): void {
    this.#expiresAt.delete(key);
    this.#expiresAt.set(key, this.#now() + forMs);
    if (this.#expiresAt.size > maxRemembered) {
      const oldest = this.#expiresAt.keys().next();
      if (oldest.done !== true) this.#expiresAt.delete(oldest.value);
    }
  }
}
