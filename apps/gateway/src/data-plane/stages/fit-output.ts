import type { ParsedCall } from '@turnpike/adapters/parse-call';
import type { Candidate } from '@turnpike/core/catalog/model';
import { GatewayError } from '@turnpike/core/errors';
import {
  clampToAffordable,
  holdAmount,
  leastUsefulOutputTokens,
  type CostEstimate,
} from '@turnpike/core/limits/estimate-cost';
import type { RateLimit } from '@turnpike/core/limits/rate-limit';
import { formatUsd, isExactInDoubles, nanoUsd } from '@turnpike/core/money';

/** The largest amount that a hold can be of. */
const maxHold = nanoUsd(BigInt(Number.MAX_SAFE_INTEGER));

/**
 * The estimate with its output brought down to what can be held at all: a limit of billions of tokens to what the
 * models of all routes can write. Throws GatewayError 402 `insufficient_credits` where even that is more than any
 * balance.
 */
export function fitLargestHold(
  estimate: CostEstimate,
  candidates: readonly Candidate[],
  choiceCount: number,
): CostEstimate {
  if (isExactInDoubles(holdAmount(estimate))) {
    return estimate;
  }
  const outputTokens = Math.min(estimate.outputTokens, writableTokens(candidates) * choiceCount);
  const fitting = estimate.isOutputLimitChosen ? { ...estimate, outputTokens } : clampToAffordable(estimate, maxHold);
  if (fitting === undefined || !isExactInDoubles(holdAmount(fitting))) {
    const required = formatUsd(holdAmount(fitting ?? estimate));
    throw new GatewayError(
      'insufficient_credits',
      `This call may cost up to $${required}, which is more than can be held for one call. Lower max_tokens or n.`,
      { metadata: { required } },
    );
  }
  return fitting;
}

/**
 * The estimate with its output brought down to the caller's smallest token limit, where the caller set no output limit
 * of its own. Throws GatewayError 429 `rate_limit_exceeded` for a call that is larger than a limit of its caller:
 * waiting does not help it.
 */
export function fitTokenLimits(
  estimate: CostEstimate,
  parsed: Pick<ParsedCall, 'inputTokensBound' | 'choiceCount'>,
  limits: readonly RateLimit[],
): CostEstimate {
  const [smallest] = limits.filter(({ kind }) => kind === 'tokens').toSorted((left, right) => left.limit - right.limit);
  if (smallest === undefined || parsed.inputTokensBound + estimate.outputTokens <= smallest.limit) {
    return estimate;
  }
  const room = smallest.limit - parsed.inputTokensBound;
  const outputTokens = Math.floor(room / parsed.choiceCount) * parsed.choiceCount;
  if (estimate.isOutputLimitChosen || outputTokens < leastUsefulOutputTokens) {
    throw largerThan(smallest, parsed.inputTokensBound + estimate.outputTokens);
  }
  return { ...estimate, outputTokens };
}

/** Refuses a call that may use so many tokens, which a limit never has at once. */
function largerThan(limit: RateLimit, tokens: number): GatewayError {
  const { scope, kind, windowMs } = limit;
  return new GatewayError(
    'rate_limit_exceeded',
    `This call may use up to ${tokens} tokens, more than the ${limit.limit} tokens per ${windowMs / 1_000} s that your ${scope} is limited to. Lower max_tokens or shorten the input.`,
    { metadata: { limit: { scope, kind, limit: limit.limit, window_ms: windowMs } } },
  );
}

/** Output tokens per choice that no route exceeds; Infinity when that is not known of one of them. */
function writableTokens(candidates: readonly Candidate[]): number {
  return Math.max(
    ...candidates.map(
      ({ endpoint, model }) => endpoint.maxOutputTokens ?? model?.capabilities.maxOutputTokens ?? Infinity,
    ),
  );
}
