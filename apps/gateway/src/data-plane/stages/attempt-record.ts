import type { ParsedCall } from '@turnpike/adapters/parse-call';
import { priceBookEntry, type Catalog } from '@turnpike/core/catalog/catalog';
import type { Candidate } from '@turnpike/core/catalog/model';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import { settleAttempt } from '@turnpike/core/metering/settle-attempt';
import type { AttemptFacts, CallFacts, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import type { Principal } from '@turnpike/core/access/principal';

import type { AttemptResult } from './run-attempt.ts';

/** What a record is made of besides the attempt's own result. */
export interface RecordFacts {
  readonly callFacts: CallFacts;
  readonly attempt: AttemptFacts;
  readonly candidate: Candidate;
  readonly parsed: ParsedCall;
  readonly principal: Principal;
  readonly catalog: Catalog;
  readonly isBilled: boolean;
  readonly endedAtMs: number;
  readonly endedAtTicksMs: number;
}

/** Names the endpoint that is about to be tried, with the prices that will hold for it. */
export function describeAttempt(
  attempt: number,
  startedAtMs: number,
  candidate: Candidate,
  catalog: Catalog,
  principal: Principal,
): AttemptFacts {
  return {
    attempt,
    startedAtMs,
    endpointId: candidate.endpoint.id,
    modelSlug: candidate.model?.slug,
    providerId: candidate.endpoint.providerId,
    upstreamModel: candidate.endpoint.upstreamModel,
    priceId: candidate.holdPrice.id,
    priceBookEntryId: priceBookEntry(catalog, principal.priceBookId, candidate.endpoint.id)?.id,
  };
}

/** The immutable record of an attempt that is over: what it consumed, what it cost, what the tenant owes. */
export function recordAttempt(facts: RecordFacts, result: AttemptResult): UsageAttempt {
  const { candidate, attempt, principal, catalog } = facts;
  const { outcome } = result;
  const failure = failureOf(result);
  const settlement = settleAttempt({
    reported: result.facts?.usage,
    isReportFinal: outcome.type === 'answered' || outcome.type === 'streamed' || result.facts?.isUsageFinal === true,
    inputBytes: facts.parsed.textBytes,
    outputBytes: result.facts?.outputBytes ?? 0,
    hasAnswer: result.upstreamStatus !== undefined && result.upstreamStatus < 300,
    // What our own deadline cut off was delivered, and is paid for.
    failure: outcome.type === 'broken' && outcome.isOurs ? undefined : failure,
    isCancelled: outcome.type === 'gone',
    price: candidate.holdPrice,
    entry: priceBookEntry(catalog, principal.priceBookId, candidate.endpoint.id),
    isBilled: facts.isBilled,
  });
  return {
    call: facts.callFacts,
    attempt,
    outcome: {
      ...settlement,
      endedAtMs: Math.max(facts.endedAtMs, attempt.startedAtMs),
      firstContentMs:
        result.firstContentTicksMs === undefined
          ? undefined
          : Math.round(result.firstContentTicksMs - result.startedAtTicksMs),
      durationMs: Math.round(facts.endedAtTicksMs - result.startedAtTicksMs),
      upstreamStatus: result.upstreamStatus,
      failureKind: failure?.kind,
      failureMessage: failure?.message,
      finishReason: failure === undefined ? result.facts?.finishReason : 'error',
      nativeFinishReason: result.facts?.nativeFinishReason,
      isCancelled: outcome.type === 'gone',
      isUnpriced: candidate.endpoint.price === undefined,
    },
  };
}

function failureOf({ outcome }: AttemptResult): UpstreamFailure | undefined {
  return outcome.type === 'failed' || outcome.type === 'broken' ? outcome.failure : undefined;
}
