import type { Principal } from '@turnpike/core/access/principal';
import { GatewayError } from '@turnpike/core/errors';
import { parseId, renderId, timeOfId, type RequestId } from '@turnpike/core/ids';
import { totalInputTokens, totalOutputTokens } from '@turnpike/core/inference/usage';
import type { JsonObject } from '@turnpike/core/json';
import type { UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { formatUsd, sumUsd, usdForDisplay } from '@turnpike/core/money';

import type { AccountPorts } from './account-routes.ts';

/** A call ships to the database within a tenth of a second; who asks sooner waits for it this long. */
const shippingMs = 2_000;
const pollMs = 50;
/** Longer than a retry's pause and a shipment together. */
const followedWithinMs = 1_000;

/**
 * What became of a call, by its generation or request id. Waits for a call that has just ended. Throws `not_found`
 * for what does not exist in the caller's organization.
 */
export async function getGeneration(
  principal: Principal,
  text: string,
  attemptsOf: AccountPorts['attemptsOf'],
): Promise<JsonObject> {
  const id = parseId('generation', text) ?? parseId('request', text);
  const attempts = id === undefined ? [] : await awaitAttempts(principal, requestIdOf(id), attemptsOf);
  const last = attempts.at(-1);
  if (id === undefined || last === undefined) {
    throw new GatewayError(
      'not_found',
      'There is no such generation. Ids are in the x-generation-id header of an answer.',
    );
  }
  return { data: describe(id, attempts, last) };
}

/** A generation and its request show the same UUID under two prefixes. */
function requestIdOf(id: string): RequestId {
  const same = parseId('request', renderId('request', id));
  if (same === undefined) {
    throw new GatewayError('internal', 'An id could not be read again.');
  }
  return same;
}

async function awaitAttempts(
  principal: Principal,
  requestId: RequestId,
  attemptsOf: AccountPorts['attemptsOf'],
): Promise<readonly UsageAttempt[]> {
  const isRecent = Math.abs(Date.now() - timeOfId(requestId)) < 15 * 60_000;
  const giveUpAtMs = Date.now() + (isRecent ? shippingMs : 0);
  for (;;) {
    const attempts = await attemptsOf(principal.organizationId, requestId);
    if (isWhole(attempts) || Date.now() >= giveUpAtMs) {
      return attempts;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Attempts ship apart: a failed one that has only just ended may be followed by others that are still on their way. */
function isWhole(attempts: readonly UsageAttempt[]): boolean {
  const last = attempts.at(-1)?.outcome;
  return last !== undefined && (last.state !== 'failed' || Date.now() - last.endedAtMs > followedWithinMs);
}

function describe(id: string, attempts: readonly UsageAttempt[], last: UsageAttempt): JsonObject {
  const { call, attempt, outcome } = last;
  const total = sumUsd(...attempts.map((one) => one.outcome.chargeNanoUsd));
  return {
    id: renderId('generation', id),
    request_id: renderId('request', id),
    model: attempt.modelSlug ?? call.requestedModel,
    requested_model: call.requestedModel,
    provider_name: attempt.providerId,
    created_at: new Date(timeOfId(id)).toISOString(),
    streamed: call.isStream,
    cancelled: outcome.isCancelled,
    state: outcome.state,
    total_cost: usdForDisplay(total),
    total_cost_exact: formatUsd(total),
    tokens_prompt: totalInputTokens(outcome.usage),
    tokens_completion: totalOutputTokens(outcome.usage),
    native_tokens_cached: outcome.usage.cacheReadTokens,
    native_tokens_reasoning: outcome.usage.reasoningTokens,
    usage_source: outcome.usageSource,
    finish_reason: outcome.finishReason ?? null,
    native_finish_reason: outcome.nativeFinishReason ?? null,
    latency: outcome.firstContentMs ?? null,
    generation_time: outcome.durationMs,
    is_byok: false,
    is_unpriced: outcome.isUnpriced,
    attempts: attempts.map((one) => ({
      attempt: one.attempt.attempt,
      provider: one.attempt.providerId,
      model: one.attempt.upstreamModel,
      state: one.outcome.state,
      status: one.outcome.upstreamStatus ?? null,
      failure: one.outcome.failureKind ?? null,
      duration_ms: one.outcome.durationMs,
    })),
  };
}
