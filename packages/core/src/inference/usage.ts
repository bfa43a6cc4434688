/**
 * What one attempt consumed, in disjoint buckets: no token is counted twice, so a bill is a sum over the fields.
 * Vendors differ in whether cached or reasoning tokens are inside their totals; their parsers bring them here.
 */
export interface Usage {
  /** Input tokens that were neither read from nor written to a prompt cache; text and images, without audio. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly audioInputTokens: number;
  /** Generated tokens without reasoning and audio. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly audioOutputTokens: number;
  /** Searches that the provider ran for this call. */
  readonly webSearches: number;
}

/** Where the numbers come from: the provider said so, or we counted what was delivered. */
export type UsageSource = 'reported' | 'estimated';

export const zeroUsage: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  audioInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  audioOutputTokens: 0,
  webSearches: 0,
};

/** Everything that was read, cache hits and writes included: `prompt_tokens` of the OpenAI shape. */
export function totalInputTokens(usage: Usage): number {
  return (
    usage.inputTokens +
    usage.cacheReadTokens +
    usage.cacheWrite5mTokens +
    usage.cacheWrite1hTokens +
    usage.audioInputTokens
  );
}

/** Everything that was generated, reasoning included: `completion_tokens` of the OpenAI shape. */
export function totalOutputTokens(usage: Usage): number {
  return usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens;
}

/** Larger than any real call; a provider that reports more is wrong or hostile. */
const absurdTokens = 1_000_000_000;

/** False for a negative, fractional or absurd count: such a report is never billed and never credits anybody. */
export function isSaneUsage(usage: Usage): boolean {
  return Object.values(usage).every(
    (count: number) => Number.isSafeInteger(count) && count >= 0 && count <= absurdTokens,
  );
}
