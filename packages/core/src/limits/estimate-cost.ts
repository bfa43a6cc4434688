import type { Candidate } from '../catalog/model.ts';
import type { Price, PriceBookEntry, PriceRates } from '../catalog/price.ts';
import { rateOf, type CostLineKind } from '../metering/price-usage.ts';
import { nanoUsd, type NanoUsd } from '../money.ts';

/** What a call can cost at most, split so that the output can be clamped to what is affordable. */
export interface CostEstimate {
  /** Input at its dearest, and fees: due however short the answer. */
  readonly fixedNanoUsd: NanoUsd;
  /** Nano-dollars per million output tokens, at the dearest eligible route. */
  readonly outputRate: bigint;
  /** Output tokens that the estimate allows for, over all choices. */
  readonly outputTokens: number;
  /** True when the caller set the limit: then it is refused, not clamped, where it cannot be paid. */
  readonly isOutputLimitChosen: boolean;
}

/** What an estimate needs to know of a call. */
export interface EstimateFacts {
  readonly inputTokensBound: number;
  readonly maxOutputTokens: number | undefined;
  readonly choiceCount: number;
  /** The most web searches that the provider may charge for. */
  readonly searchesBound: number;
  readonly hasOutput: boolean;
}

/** Held for models whose output limit nobody told us: above the longest answers that current models give by default. */
const unknownOutputLimitTokens = 32_768;
/** A caller that set no limit is clamped to what it can afford, but not to less than a useful answer. */
export const leastUsefulOutputTokens = 256;
const unitsPerPrice = 1_000_000n;

const inputKinds: readonly CostLineKind[] = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'audioInput'];
const outputKinds: readonly CostLineKind[] = ['output', 'reasoning', 'audioOutput'];

/**
 * The upper bound of a call's charge over all routes that it may take: input bound × the dearest input rate of the
 * highest tier, the output limit × the dearest output rate, and fees (per request, and per search for the most searches). Never below what the call will be charged, as
 * long as the provider keeps the output limit.
 */
export function estimateCost(
  facts: EstimateFacts,
  candidates: readonly Candidate[],
  entryOf: (candidate: Candidate) => PriceBookEntry | undefined,
): CostEstimate {
  let fixed = 0n;
  let outputRate = 0n;
  let modelLimit = 0;
  for (const candidate of candidates) {
    const entry = entryOf(candidate);
    const tiers = allRates(candidate.holdPrice, entry);
    const inputRate = dearest(tiers, inputKinds, entry);
    const fees =
      dearest(tiers, ['request'], entry) + BigInt(facts.searchesBound) * dearest(tiers, ['webSearch'], entry);
    const inputTokens = Math.min(facts.inputTokensBound, contextOf(candidate));
    fixed = largest(fixed, divideUp(BigInt(inputTokens) * inputRate + fees, unitsPerPrice));
    outputRate = largest(outputRate, dearest(tiers, outputKinds, entry));
    modelLimit = Math.max(
      modelLimit,
      candidate.endpoint.maxOutputTokens ?? candidate.model?.capabilities.maxOutputTokens ?? unknownOutputLimitTokens,
    );
  }
  const perChoice = facts.maxOutputTokens ?? modelLimit;
  return {
    fixedNanoUsd: nanoUsd(fixed),
    outputRate,
    outputTokens: facts.hasOutput ? perChoice * facts.choiceCount : 0,
    isOutputLimitChosen: facts.maxOutputTokens !== undefined,
  };
}

/** The amount to hold for an estimate. */
export function holdAmount(estimate: CostEstimate): NanoUsd {
  return nanoUsd(estimate.fixedNanoUsd + divideUp(BigInt(estimate.outputTokens) * estimate.outputRate, unitsPerPrice));
}

/** How many output tokens an amount pays for after the fixed part; 0 when not even that fits. */
export function affordableOutputTokens(estimate: CostEstimate, available: NanoUsd): number {
  const left = available - estimate.fixedNanoUsd;
  if (left < 0n) {
    return 0;
  }
  if (estimate.outputRate === 0n) {
    return estimate.outputTokens;
  }
  const tokens = (left * unitsPerPrice) / estimate.outputRate;
  return tokens > BigInt(estimate.outputTokens) ? estimate.outputTokens : Number(tokens);
}

/**
 * The least that has to be free for a call to run: all of its hold where the caller chose the limit, else the hold of
 * the shortest useful answer.
 */
export function leastHoldAmount(estimate: CostEstimate): NanoUsd {
  const leastTokens = Math.min(estimate.outputTokens, leastUsefulOutputTokens);
  return holdAmount(estimate.isOutputLimitChosen ? estimate : { ...estimate, outputTokens: leastTokens });
}

/**
 * The same call with its output clamped to what is affordable; undefined when the caller chose the limit itself or
 * when less than a useful answer fits.
 */
export function clampToAffordable(estimate: CostEstimate, available: NanoUsd): CostEstimate | undefined {
  if (estimate.isOutputLimitChosen) {
    return undefined;
  }
  const outputTokens = affordableOutputTokens(estimate, available);
  return outputTokens < leastUsefulOutputTokens ? undefined : { ...estimate, outputTokens };
}

/** No provider reads more than its model's context, whatever the body might hold. */
function contextOf({ endpoint, model }: Candidate): number {
  return endpoint.contextTokens ?? model?.capabilities.contextTokens ?? Number.MAX_SAFE_INTEGER;
}

function allRates(price: Price, entry: PriceBookEntry | undefined): readonly PriceRates[] {
  return entry?.fixedRates === undefined ? [price.rates, ...price.tiers.map((tier) => tier.rates)] : [entry.fixedRates];
}

function dearest(
  tiers: readonly PriceRates[],
  kinds: readonly CostLineKind[],
  entry: PriceBookEntry | undefined,
): bigint {
  let rate = 0n;
  for (const rates of tiers) {
    for (const kind of kinds) {
      rate = largest(rate, rateOf(rates, kind));
    }
  }
  const hasFactor = entry !== undefined && entry.fixedRates === undefined;
  return hasFactor ? divideUp(rate * entry.numerator, entry.denominator) : rate;
}

function largest(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
