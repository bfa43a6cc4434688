import type { Lane, SettledUsage } from '@turnpike/adapters/lane';
import { openLane } from '@turnpike/adapters/open-lane';
import type { ParsedCall } from '@turnpike/adapters/parse-call';
import type { Principal } from '@turnpike/core/access/principal';
import type { Candidate } from '@turnpike/core/catalog/model';
import { GatewayError } from '@turnpike/core/errors';
import { renderId } from '@turnpike/core/ids';
import { totalInputTokens, totalOutputTokens } from '@turnpike/core/inference/usage';
import type { AttemptFacts, CallFacts, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { sumUsd } from '@turnpike/core/money';
import { nextAttempt, type NextAttempt } from '@turnpike/core/routing/next-attempt';
import type { RoutePlan } from '@turnpike/core/routing/plan-route';
import { summarizeFailures, type FailedAttempt } from '@turnpike/core/routing/summarize-failures';

import type { Logger } from '@turnpike/platform/log/logger';

import type { Call, Sink } from '../call.ts';
import type { CatalogSnapshot, Clock, HealthTracker, Meter, ProviderTarget, Upstream } from '../ports.ts';
import type { Admission } from './admit.ts';
import { commonHeaders, costHeader, servedHeaders, streamHeaders } from './answer-headers.ts';
import { describeAttempt, recordAttempt } from './attempt-record.ts';
import { runAttempt, type AttemptResult, type CallTimeouts } from './run-attempt.ts';

export interface ExecutePorts {
  readonly upstream: Upstream;
  readonly meter: Meter;
  readonly health: HealthTracker;
  readonly clock: Clock;
  readonly timeouts: CallTimeouts;
  readonly logger: Logger;
}

export interface Execution {
  readonly call: Call;
  readonly sink: Sink;
  readonly parsed: ParsedCall;
  readonly principal: Principal;
  readonly admission: Admission;
  readonly snapshot: CatalogSnapshot;
  readonly callFacts: CallFacts;
  readonly deadlineTicksMs: number;
  /** Wall clock at which the hold may be returned by the sweeper. */
  readonly holdDeadlineMs: number;
}

/** What is worth telling about a call when it is over. */
export interface CallSummary {
  /** The status that the client saw, or 499 where it left. */
  readonly status: number;
  readonly attempts: readonly UsageAttempt[];
}

/** One try, from its first byte to its record. */
interface Tried {
  readonly lane: Lane;
  readonly target: ProviderTarget;
  readonly result: AttemptResult;
  readonly record: UsageAttempt;
  readonly durationMs: number;
}

/** Client headers that a provider of the same protocol may see. */
const passedClientHeaders = ['anthropic-beta', 'anthropic-version'] as const;
/** A stream that broke says more against an endpoint than a refused connection. */
const brokenStreamCoolDownMs = 5_000;

/**
 * Works through a plan until one endpoint answers: each try is in the spool before its first byte goes out, its end
 * is durable before the client's last bytes, and the hold is settled whatever happens. Throws the summary of all
 * failures while nothing was sent to the client; afterwards failures are told in the stream.
 */
export async function executePlan(ports: ExecutePorts, execution: Execution, plan: RoutePlan): Promise<CallSummary> {
  const { callFacts, admission } = execution;
  const records: UsageAttempt[] = [];
  ports.meter.begin(callFacts, { amountNanoUsd: admission.heldNanoUsd, deadlineMs: execution.holdDeadlineMs });
  try {
    return { status: await workThrough(ports, execution, plan, records), attempts: records };
  } finally {
    const usage = records.at(-1)?.outcome.state === 'failed' ? undefined : records.at(-1)?.outcome.usage;
    ports.meter.captureLater({
      requestId: callFacts.requestId,
      organizationId: callFacts.organizationId,
      chargeNanoUsd: sumUsd(...records.map((record) => record.outcome.chargeNanoUsd)),
      tokens: usage === undefined ? 0 : totalInputTokens(usage) + totalOutputTokens(usage),
    });
  }
}

async function workThrough(
  ports: ExecutePorts,
  execution: Execution,
  plan: RoutePlan,
  records: UsageAttempt[],
): Promise<number> {
  const failures: FailedAttempt[] = [];
  let step = 0;
  let triesOfEndpoint = 0;
  for (;;) {
    const candidate = plan.steps[step];
    if (candidate === undefined) {
      throw new GatewayError('no_eligible_endpoint', 'No provider of this model is available here.', {
        param: 'model',
      });
    }
    triesOfEndpoint += 1;
    const tried = await tryEndpoint(ports, execution, candidate, failures);
    records.push(tried.record);
    const { outcome } = tried.result;
    if (outcome.type !== 'failed') {
      await recordEnd(ports, tried.record, true);
      return answer(ports, execution, candidate, tried, failures);
    }
    failures.push({ providerId: tried.target.definition.id, failure: outcome.failure, durationMs: tried.durationMs });
    const next = nextAttempt({
      failure: outcome.failure,
      triesOfEndpoint,
      hasOtherEndpoint: step + 1 < plan.steps.length,
      remainingMs: execution.deadlineTicksMs - ports.clock.ticksMs(),
    });
    await recordEnd(ports, tried.record, next.action === 'stop');
    if (next.action === 'stop') {
      return giveUp(execution, tried.lane, failures);
    }
    if (next.action === 'next') {
      ports.health.coolDown(candidate.endpoint.id, ports.clock.nowMs() + next.coolDownMs);
      step += 1;
      triesOfEndpoint = 0;
    }
    await waitBefore(next, execution.sink);
    if (execution.sink.isGone) {
      return 499;
    }
  }
}

/**
 * Waits until the end of an attempt is on the disk. A disk that takes nothing for seconds does not keep the answer from
 * its client: the record stays queued and is written when the disk is back, and meanwhile new work is refused.
 */
async function recordEnd(ports: ExecutePorts, record: UsageAttempt, isLast: boolean): Promise<void> {
  try {
    await ports.meter.end(record, { isLast });
  } catch (error) {
    ports.logger.error(
      { component: 'metering', requestId: record.call.requestId, attempt: record.attempt.attempt, error },
      'An attempt was answered before its record was durable.',
    );
  }
}

async function tryEndpoint(
  ports: ExecutePorts,
  execution: Execution,
  candidate: Candidate,
  failures: readonly FailedAttempt[],
): Promise<Tried> {
  const { sink, parsed, principal, snapshot, callFacts } = execution;
  const target = snapshot.targets.get(candidate.endpoint.providerId);
  if (target === undefined) {
    throw new GatewayError('internal', 'The chosen provider is not configured. Please retry.', {
      detail: { endpoint: candidate.endpoint.id },
    });
  }
  const attempt = describeAttempt(failures.length + 1, ports.clock.nowMs(), candidate, snapshot.catalog, principal);
  const lane = laneOf(execution, candidate, target, attempt);
  ports.meter.attempt(callFacts, attempt);
  const startedAtTicksMs = ports.clock.ticksMs();
  const result = await runAttempt({
    lane,
    origin: target.origin,
    path: target.basePath + lane.request.path,
    isStream: parsed.isStream,
    upstream: ports.upstream,
    clock: ports.clock,
    sink,
    timeouts: ports.timeouts,
    deadlineTicksMs: execution.deadlineTicksMs,
    report: (error) =>
      ports.logger.error(
        {
          component: 'pipeline',
          requestId: callFacts.requestId,
          provider: target.definition.id,
          blame: 'gateway',
          error,
        },
        'An answer could not be read: an error of ours.',
      ),
    sendHead: () => {
      const upstreamMs = ports.clock.ticksMs() - startedAtTicksMs;
      sink.head(200, { ...streamHeaders, ...headersOf(ports, execution, candidate, lane, failures, upstreamMs) });
    },
  });
  const endedAtTicksMs = ports.clock.ticksMs();
  const record = recordAttempt(
    {
      callFacts,
      attempt,
      candidate,
      parsed,
      principal,
      catalog: snapshot.catalog,
      isBilled: execution.admission.isBilled,
      endedAtMs: ports.clock.nowMs(),
      endedAtTicksMs,
    },
    result,
  );
  return { lane, target, result, record, durationMs: endedAtTicksMs - startedAtTicksMs };
}

/** Gives the client its answer's last bytes, now that the attempt's record is durable. */
function answer(
  ports: ExecutePorts,
  execution: Execution,
  candidate: Candidate,
  tried: Tried,
  failures: readonly FailedAttempt[],
): number {
  const { call, sink, principal } = execution;
  const { outcome } = tried.result;
  const { usage, usageSource, chargeNanoUsd } = tried.record.outcome;
  const settled: SettledUsage = { usage, source: usageSource, chargeNanoUsd };
  switch (outcome.type) {
    case 'answered':
      ports.health.succeeded(candidate.endpoint.id);
      sink.head(200, {
        'content-type': 'application/json; charset=utf-8',
        ...headersOf(ports, execution, candidate, tried.lane, failures, tried.durationMs),
        ...costHeader(chargeNanoUsd),
      });
      sink.end(outcome.answer.render(settled));
      return 200;
    case 'streamed':
      ports.health.succeeded(candidate.endpoint.id);
      sink.end(outcome.renderEnd(settled));
      return 200;
    case 'broken': {
      if (!outcome.isOurs) {
        ports.health.coolDown(candidate.endpoint.id, ports.clock.nowMs() + brokenStreamCoolDownMs);
      }
      const failed = { providerId: tried.target.definition.id, failure: outcome.failure, durationMs: tried.durationMs };
      const error = summarizeFailures([failed], principal.exposesAttempts);
      sink.end(outcome.renderError(error, renderId('request', call.requestId), settled));
      return error.status;
    }
    case 'gone':
      // A client that only stopped reading is shown out: nothing more will come.
      sink.destroy();
      return 499;
    case 'failed':
      throw new GatewayError('internal', 'A failed attempt has no answer. Please retry.');
    default:
      return outcome satisfies never;
  }
}

/** Nothing is left to try: an error answer, or an in-band error where keep-alive has already sent the status. */
function giveUp(execution: Execution, lane: Lane, failures: readonly FailedAttempt[]): number {
  const error = summarizeFailures(failures, execution.principal.exposesAttempts);
  if (!execution.sink.hasHead) {
    throw error;
  }
  execution.sink.end(lane.openStream().renderError(error, renderId('request', execution.call.requestId), undefined));
  return error.status;
}

function laneOf(execution: Execution, candidate: Candidate, target: ProviderTarget, attempt: AttemptFacts): Lane {
  const { call, parsed, principal, admission } = execution;
  return openLane({
    call: parsed,
    provider: target.definition,
    endpoint: candidate.endpoint,
    credential: target.credential,
    servedModel: candidate.endpoint.modelSlug,
    sendsUsage: parsed.wantsUsage || principal.alwaysSendsUsage,
    outputLimit: admission.outputLimit,
    attemptId: `${renderId('request', call.requestId)}.${attempt.attempt}`,
    clientHeaders: clientHeadersOf(call),
    nowMs: attempt.startedAtMs,
  });
}

function headersOf(
  ports: ExecutePorts,
  { call, admission }: Execution,
  candidate: Candidate,
  lane: Lane,
  failures: readonly FailedAttempt[],
  upstreamMs: number,
): Record<string, string> {
  const [first] = failures;
  return {
    ...commonHeaders(call.requestId, admission.limits),
    ...servedHeaders({
      model: candidate.endpoint.modelSlug,
      providerId: candidate.endpoint.providerId,
      attempts: failures.length + 1,
      fallbackFrom: first === undefined ? undefined : { providerId: first.providerId, reason: first.failure.kind },
      droppedParams: lane.droppedParams,
      overheadMs: ports.clock.ticksMs() - call.receivedAtTicksMs - upstreamMs,
      upstreamMs,
    }),
  };
}

function clientHeadersOf(call: Call): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of passedClientHeaders) {
    const value = call.header(name);
    if (value !== undefined) {
      headers[name] = value;
    }
  }
  return headers;
}

/** Waits out a retry's delay, but not for a client that has left. */
function waitBefore(next: NextAttempt, sink: Sink): Promise<void> {
  const delayMs = next.action === 'retry' ? next.delayMs : 0;
  if (delayMs === 0 || sink.isGone) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    sink.onGone(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
