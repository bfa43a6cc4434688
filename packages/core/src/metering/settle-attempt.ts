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
  /** False for what a stream reported on its way: vendors begin with a token or none, whatever follows. */
  readonly isReportFinal: boolean;
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
  const sane = evidence.reported !== undefined && isSaneUsage(evidence.reported) ? evidence.reported : undefined;
  const isReported = sane !== undefined && evidence.isReportFinal;
  const usage = isReported ? sane : estimateUsage(evidence, sane);
  const usageSource: UsageSource = isReported ? 'reported' : 'estimated';
  const providerCostNanoUsd = evidence.isBilled ? priceUsage(usage, evidence.price) : zeroUsd;
  if (evidence.failure !== undefined) {
    return { state: 'failed', usage, usageSource, providerCostNanoUsd, chargeNanoUsd: zeroUsd };
  }
  const producedNothing = evidence.isCancelled && totalOutputTokens(usage) === 0;
  return {
    state: isReported ? 'settled' : 'estimated',
    usage,
    usageSource,
    providerCostNanoUsd,
    chargeNanoUsd: evidence.isBilled && !producedNothing ? chargeUsage(usage, evidence.price, evidence.entry) : zeroUsd,
  };
}

/** What was delivered, counted by us; what the provider said of the input before it was cut off still holds. */
function estimateUsage(evidence: AttemptEvidence, sofar: Usage | undefined): Usage {
  if (!evidence.hasAnswer) {
    return zeroUsage;
  }
  const counted = Math.ceil(evidence.outputBytes / bytesPerToken);
  if (sofar === undefined) {
    return { ...zeroUsage, inputTokens: Math.ceil(evidence.inputBytes / bytesPerToken), outputTokens: counted };
  }
  return { ...sofar, outputTokens: sofar.outputTokens + Math.max(0, counted - totalOutputTokens(sofar)) };
}
