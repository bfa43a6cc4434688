import type { Price, PriceBookEntry } from '../catalog/price.ts';
import type { UpstreamFailure } from '../inference/failure.ts';
import { isSaneUsage, totalOutputTokens, zeroUsage, type Usage, type UsageSource } from '../inference/usage.ts';
import { zeroUsd, type NanoUsd } from '../money.ts';
import { chargeUsage, priceUsage } from './price-usage.ts';
import type { AttemptState } from './usage-attempt.ts';

/** What is known about an attempt when it ends, however it ends. */
export interface AttemptEvidence {
  /** The provider's own report; undefined when there is none. */
  readonly reported: Usage | undefined;
  /** UTF-8 bytes of the caller's input and of what the model produced: the basis of an estimate. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** Whether the provider's answer began: without it nothing was consumed that we know of. */
  readonly hasAnswer: boolean;
  readonly failure: UpstreamFailure | undefined;
  readonly isCancelled: boolean;
  readonly price: Price;
  readonly entry: PriceBookEntry | undefined;
  /** Test calls are metered and never billed. */
  readonly isBilled: boolean;
}

export interface Settlement {
  readonly state: AttemptState;
  readonly usage: Usage;
  readonly usageSource: UsageSource;
  readonly providerCostNanoUsd: NanoUsd;
  readonly chargeNanoUsd: NanoUsd;
}

/** Typical of prose under current tokenizers; an estimate says that it is one. */
const bytesPerToken = 4;

/**
 * Decides what an attempt consumed, what it cost us and what the tenant owes. A failed attempt and an attempt that
 * produced nothing cost the tenant nothing, even where the provider charges us; a client that leaves early pays for
 * what was produced. A provider's insane report counts as none: it never bills and never credits anybody.
 */
export function settleAttempt(evidence: AttemptEvidence): Settlement {
  const reported = evidence.reported !== undefined && isSaneUsage(evidence.reported) ? evidence.reported : undefined;
  const usage = reported ?? estimateUsage(evidence);
  const usageSource: UsageSource = reported === undefined ? 'estimated' : 'reported';
  const providerCostNanoUsd = evidence.isBilled ? priceUsage(usage, evidence.price) : zeroUsd;
  if (evidence.failure !== undefined) {
    return { state: 'failed', usage, usageSource, providerCostNanoUsd, chargeNanoUsd: zeroUsd };
  }
  const producedNothing = evidence.isCancelled && totalOutputTokens(usage) === 0;
  return {
    state: reported === undefined ? 'estimated' : 'settled',
    usage,
    usageSource,
    providerCostNanoUsd,
    chargeNanoUsd: evidence.isBilled && !producedNothing ? chargeUsage(usage, evidence.price, evidence.entry) : zeroUsd,
  };
}

function estimateUsage(evidence: AttemptEvidence): Usage {
  if (!evidence.hasAnswer) {
    return zeroUsage;
  }
  return {
    ...zeroUsage,
    inputTokens: Math.ceil(evidence.inputBytes / bytesPerToken),
    outputTokens: Math.ceil(evidence.outputBytes / bytesPerToken),
  };
}
