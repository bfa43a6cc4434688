import type { UsageTotalsView } from '@turnpike/contracts/usage';
import type { Usage } from '@turnpike/core/inference/usage';
import { totalInputTokens, totalOutputTokens } from '@turnpike/core/inference/usage';
import { formatUsd, sumUsd } from '@turnpike/core/money';
import type { UsageTotals } from '@turnpike/db/usage';

/** Sums over calls as callers see them. */
export function renderTotals({ calls, failedCalls, usage, chargeNanoUsd }: UsageTotals): UsageTotalsView {
  return {
    calls,
    failedCalls,
    usage: { ...usage },
    totalInputTokens: totalInputTokens(usage),
    totalOutputTokens: totalOutputTokens(usage),
    chargeUsd: formatUsd(chargeNanoUsd),
    chargeNanoUsd: chargeNanoUsd.toString(),
  };
}

/** The totals of several buckets together. */
export function addTotals(left: UsageTotals, right: UsageTotals): UsageTotals {
  return {
    calls: left.calls + right.calls,
    failedCalls: left.failedCalls + right.failedCalls,
    usage: addUsage(left.usage, right.usage),
    chargeNanoUsd: sumUsd(left.chargeNanoUsd, right.chargeNanoUsd),
  };
}

/** What two consumptions come to, bucket by bucket. */
export function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    cacheReadTokens: left.cacheReadTokens + right.cacheReadTokens,
    cacheWrite5mTokens: left.cacheWrite5mTokens + right.cacheWrite5mTokens,
    cacheWrite1hTokens: left.cacheWrite1hTokens + right.cacheWrite1hTokens,
    audioInputTokens: left.audioInputTokens + right.audioInputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    audioOutputTokens: left.audioOutputTokens + right.audioOutputTokens,
    webSearches: left.webSearches + right.webSearches,
  };
}
