import type { AttemptView, CallView } from '@turnpike/contracts/usage';
import { renderId } from '@turnpike/core/ids';
import { timeOfId } from '@turnpike/core/ids';
import { totalInputTokens, totalOutputTokens, zeroUsage } from '@turnpike/core/inference/usage';
import { formatUsd } from '@turnpike/core/money';
import type { ApiKeyRecord } from '@turnpike/db/api-keys';
import type { CallRecord } from '@turnpike/db/usage';
import type { TenantAttempt } from '@turnpike/db/usage-row';
import type { CostView } from '@turnpike/contracts/usage';
import { addUsage } from './render-totals.ts';

type KeyFacts = Pick<ApiKeyRecord, 'id' | 'name' | 'prefix'>;

/** A call as one row of the log: the facts of its last attempt, and the sums of those that are billed. */
export function renderCall(call: CallRecord, keys: ReadonlyMap<string, KeyFacts>): CallView {
  const last = lastAttempt(call);
  const { call: facts, attempt, outcome } = last;
  const usage = call.attempts
    .filter(({ outcome: { state } }) => state === 'settled' || state === 'estimated')
    .reduce((sum, billed) => addUsage(sum, billed.outcome.usage), zeroUsage);
  const key = keys.get(facts.apiKeyId);
  return {
    requestId: renderId('request', call.requestId),
    generationId: renderId('generation', call.requestId),
    startedAt: new Date(timeOfId(call.requestId)).toISOString(),
    endedAt: new Date(outcome.endedAtMs).toISOString(),
    status: call.status,
    projectId: renderId('project', facts.projectId),
    apiKey: { id: renderId('apiKey', facts.apiKeyId), name: key?.name ?? '', prefix: key?.prefix ?? '' },
    mode: facts.mode,
    operation: facts.operation,
    clientProtocol: facts.clientProtocol,
    isStream: facts.isStream,
    requestedModel: facts.requestedModel,
    model: attempt.modelSlug ?? null,
    providerId: attempt.providerId,
    attemptCount: call.attempts.length,
    usage: { ...usage },
    totalInputTokens: totalInputTokens(usage),
    totalOutputTokens: totalOutputTokens(usage),
    usageSource: outcome.usageSource,
    isUnpriced: call.attempts.some((one) => one.outcome.isUnpriced),
    chargeUsd: formatUsd(call.chargeNanoUsd),
    chargeNanoUsd: call.chargeNanoUsd.toString(),
    durationMs: Math.round(call.durationMs),
    firstContentMs: roundMs(outcome.firstContentMs),
    finishReason: outcome.finishReason ?? null,
    failureKind: outcome.failureKind ?? null,
    upstreamStatus: outcome.upstreamStatus ?? null,
    endUser: facts.endUser ?? null,
  };
}

/** One attempt of a call, with its cost explained. */
export function renderAttempt({ attempt, outcome }: TenantAttempt, cost: CostView): AttemptView {
  return {
    attempt: attempt.attempt,
    state: outcome.state,
    startedAt: new Date(attempt.startedAtMs).toISOString(),
    endedAt: new Date(outcome.endedAtMs).toISOString(),
    providerId: attempt.providerId,
    endpointId: attempt.endpointId,
    model: attempt.modelSlug ?? null,
    upstreamModel: attempt.upstreamModel,
    upstreamStatus: outcome.upstreamStatus ?? null,
    failureKind: outcome.failureKind ?? null,
    failureMessage: outcome.failureMessage ?? null,
    finishReason: outcome.finishReason ?? null,
    nativeFinishReason: outcome.nativeFinishReason ?? null,
    isCancelled: outcome.isCancelled,
    isUnpriced: outcome.isUnpriced,
    durationMs: Math.round(outcome.durationMs),
    firstContentMs: roundMs(outcome.firstContentMs),
    usage: { ...outcome.usage },
    usageSource: outcome.usageSource,
    cost,
  };
}

/** The attempt that answered, or failed last. Throws RangeError for a call without attempts, which no query gives. */
export function lastAttempt({ requestId, attempts }: CallRecord): TenantAttempt {
  const last = attempts.at(-1);
  if (last === undefined) {
    throw new RangeError(`Call ${requestId} has no attempts.`);
  }
  return last;
}

function roundMs(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
