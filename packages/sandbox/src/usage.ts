import type { Directives } from './directives.ts';

/** What a vendor reports as used. Input counts everything read, cache reads and writes included. */
export interface ReportedUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  /** The part of the cache writes that is kept for an hour. */
  readonly cacheWriteHourTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** What the prompt memory found of a prompt. */
export interface CacheUse {
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheWriteHourTokens: number;
}

export const noCache: CacheUse = { cachedTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0 };

/** Past 2^49: still exact as a number, and a sum of money that nobody has. */
const absurdTokens = 1_000_000_000_000_000;

/**
 * The usage to report: the true counts, or what the directives say in their place. `cached=N` and `cache-write=N`
 * add N tokens to the input, so that the rest of the figures stay what they were.
 */
export function reportUsage(
  counted: { readonly inputTokens: number; readonly outputTokens: number; readonly reasoningTokens: number },
  cache: CacheUse,
  directives: Directives,
): ReportedUsage {
  const cached = directives.cached ?? 0;
  const written = directives['cache-write'] ?? 0;
  const truth = {
    inputTokens: counted.inputTokens + cached + written,
    cachedTokens: cache.cachedTokens + cached,
    cacheWriteTokens: cache.cacheWriteTokens + written,
    cacheWriteHourTokens: cache.cacheWriteHourTokens,
    outputTokens: counted.outputTokens,
    reasoningTokens: counted.reasoningTokens,
  };
  return {
    ...truth,
    ...distortion(truth, directives),
    ...(directives['input-tokens'] === undefined ? {} : { inputTokens: directives['input-tokens'] }),
    ...(directives['output-tokens'] === undefined ? {} : { outputTokens: directives['output-tokens'] }),
  };
}

function distortion(truth: ReportedUsage, { usage }: Directives): Partial<ReportedUsage> {
  if (usage === 'negative') return { inputTokens: -truth.inputTokens, outputTokens: -truth.outputTokens };
  if (usage === 'absurd') return { inputTokens: absurdTokens, outputTokens: absurdTokens };
  if (usage === 'zero') {
    return { ...noCache, inputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  }
  return {};
}
