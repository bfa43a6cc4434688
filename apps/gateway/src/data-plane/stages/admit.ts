import type { ParsedCall } from '@turnpike/adapters/parse-call';
import type { Principal } from '@turnpike/core/access/principal';
import { priceBookEntry, type Catalog } from '@turnpike/core/catalog/catalog';
import type { Candidate } from '@turnpike/core/catalog/model';
import { GatewayError } from '@turnpike/core/errors';
import type { RequestId } from '@turnpike/core/ids';
import {
  affordableOutputTokens,
  clampToAffordable,
  estimateCost,
  holdAmount,
  leastHoldAmount,
  type CostEstimate,
} from '@turnpike/core/limits/estimate-cost';
import type { RateLimit, RateLimitState } from '@turnpike/core/limits/rate-limit';
import { formatUsd, nanoUsd, subtractUsd, zeroUsd, type NanoUsd } from '@turnpike/core/money';

import type { HoldAnswer, LimitStore } from '../ports.ts';
import { fitLargestHold, fitTokenLimits } from './fit-output.ts';

/** Permission for a call to run, with the money held for it. */
export interface Admission {
  readonly heldNanoUsd: NanoUsd;
  readonly isBilled: boolean;
  /** Output tokens per choice that the hold pays for, where that is less than the call asks for. */
  readonly outputLimit: number | undefined;
  readonly limits: readonly RateLimitState[];
}

export interface AdmitFacts {
  readonly requestId: RequestId;
  readonly principal: Principal;
  readonly parsed: ParsedCall;
  readonly catalog: Catalog;
  readonly candidates: readonly Candidate[];
  /** How long the hold outlives its call at most. */
  readonly holdTtlMs: number;
}

/** A retry sooner than this meets the same calls in flight. */
const reservedRetrySeconds = 2;

/**
 * Holds the call's upper bound and counts it against the caller's limits, in one step over all scopes. A caller that
 * set no output limit is clamped to what its token limits allow and to what it can afford. Throws GatewayError: 402
 * `insufficient_credits` or `credits_reserved`, 429 `rate_limit_exceeded`, 503 when limits cannot be checked.
 */
export async function admit(store: LimitStore, facts: AdmitFacts): Promise<Admission> {
  const { principal, parsed } = facts;
  const isBilled = principal.mode === 'live';
  const wanted = estimateCost(
    {
      inputTokensBound: parsed.inputTokensBound,
      maxOutputTokens: parsed.maxOutputTokens,
      choiceCount: parsed.choiceCount,
      searchesBound: parsed.searchesBound,
      hasOutput: parsed.operation === 'chat',
    },
    facts.candidates,
    (candidate) => priceBookEntry(facts.catalog, principal.priceBookId, candidate.endpoint.id),
  );
  const holdable = isBilled ? fitLargestHold(wanted, facts.candidates, parsed.choiceCount) : wanted;
  const estimate = fitTokenLimits(holdable, parsed, principal.rateLimits);
  const first = await hold(store, facts, estimate, isBilled);
  if (first.outcome !== 'refused-balance') {
    const isClamped = estimate.outputTokens < wanted.outputTokens;
    return admission(estimate, first, isBilled, isClamped ? outputPerChoice(estimate, parsed) : undefined);
  }
  const available = availableIn(first);
  const clamped = clampToAffordable(estimate, available);
  if (clamped === undefined) {
    throw notAffordable(estimate, first, parsed.choiceCount);
  }
  const second = await hold(store, facts, clamped, isBilled);
  if (second.outcome === 'refused-balance') {
    throw notAffordable(clamped, second, parsed.choiceCount);
  }
  return admission(clamped, second, isBilled, outputPerChoice(clamped, parsed));
}

function outputPerChoice(estimate: CostEstimate, parsed: ParsedCall): number {
  return Math.floor(estimate.outputTokens / parsed.choiceCount);
}

function hold(store: LimitStore, facts: AdmitFacts, estimate: CostEstimate, isBilled: boolean): Promise<HoldAnswer> {
  const { principal, parsed } = facts;
  return store.hold({
    requestId: facts.requestId,
    organizationId: principal.organizationId,
    amountNanoUsd: isBilled ? holdAmount(estimate) : zeroUsd,
    limits: principal.rateLimits.map((limit) => ({ limit, ownerId: ownerOf(limit, principal) })),
    tokens: parsed.inputTokensBound + estimate.outputTokens,
    ttlMs: facts.holdTtlMs,
  });
}

function ownerOf(limit: RateLimit, principal: Principal): string {
  switch (limit.scope) {
    case 'key':
      return principal.apiKeyId;
    case 'project':
      return principal.projectId;
    case 'organization':
      return principal.organizationId;
    default:
      return limit.scope satisfies never;
  }
}

function admission(
  estimate: CostEstimate,
  answer: Exclude<HoldAnswer, { outcome: 'refused-balance' }>,
  isBilled: boolean,
  outputLimit: number | undefined,
): Admission {
  if (answer.outcome === 'refused-limit') {
    throw limitReached(answer);
  }
  return {
    heldNanoUsd: isBilled ? holdAmount(estimate) : zeroUsd,
    isBilled,
    outputLimit,
    limits: answer.limits,
  };
}

function limitReached(answer: Extract<HoldAnswer, { outcome: 'refused-limit' }>): GatewayError {
  const { refusedBy, retryAfterMs } = answer;
  const { kind, limit, scope, windowMs } = refusedBy;
  const per = kind === 'concurrency' ? ' at once' : ` per ${windowMs / 1_000} s`;
  const advice = retryAfterMs === undefined ? 'This call never fits it.' : 'Please retry later.';
  return new GatewayError(
    'rate_limit_exceeded',
    `Your ${scope} is limited to ${limit} ${kind === 'concurrency' ? 'calls' : kind}${per}. ${advice}`,
    {
      ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1_000)) }),
      metadata: { limit: { scope, kind, limit, window_ms: windowMs } },
    },
  );
}

function availableIn(answer: Extract<HoldAnswer, { outcome: 'refused-balance' }>): NanoUsd {
  return subtractUsd(answer.spendableNanoUsd, answer.heldNanoUsd);
}

/** Tells a caller whose money is only held by calls in flight from one that has run out. */
function notAffordable(
  estimate: CostEstimate,
  answer: Extract<HoldAnswer, { outcome: 'refused-balance' }>,
  choiceCount: number,
): GatewayError {
  const required = holdAmount(estimate);
  const balance = answer.spendableNanoUsd;
  const isOnlyReserved = answer.heldNanoUsd > 0n && balance >= leastHoldAmount(estimate);
  const metadata = {
    balance: formatUsd(balance),
    reserved: formatUsd(answer.heldNanoUsd),
    required: formatUsd(required),
    affordable_max_tokens: Math.floor(affordableOutputTokens(estimate, nanoUsd(availableIn(answer))) / choiceCount),
  };
  return isOnlyReserved
    ? new GatewayError(
        'credits_reserved',
        'Your credits are held by calls that are still running. Retry when they have ended, or set max_tokens so that each call holds less.',
        {
          retryAfterSeconds: reservedRetrySeconds,
          metadata,
        },
      )
    : new GatewayError(
        'insufficient_credits',
        `This call may cost up to $${formatUsd(required)}, and $${formatUsd(availableIn(answer))} is available. Add credits, or lower max_tokens.`,
        { metadata },
      );
}
