import type { Principal } from '@turnpike/core/access/principal';
import { errorCatalogue, type GatewayError } from '@turnpike/core/errors';
import { totalInputTokens, totalOutputTokens } from '@turnpike/core/inference/usage';
import type { Logger } from '@turnpike/platform/log/logger';
import { oneOfLabels } from '@turnpike/platform/telemetry/label-values';
import { durationBuckets, type Telemetry } from '@turnpike/platform/telemetry/telemetry';

import type { Call } from './call.ts';
import type { Clock } from './ports.ts';
import type { CallSummary } from './stages/execute-plan.ts';

/** Hears of every call's end: the log line and the figures. */
export interface CallObserver {
  onServed(call: Call, summary: CallSummary & { readonly principal: Principal }): void;
  onFailed(call: Call, error: GatewayError): void;
}

export interface ObserverOptions {
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** The provider ids that a label may hold. */
  readonly providerIds: readonly string[];
}

const operations = oneOfLabels('chat', 'embeddings');
const statusClasses = oneOfLabels('2xx', '4xx', '5xx');

/** Counts calls, attempts, tokens and durations, and writes one line per call. Nothing of what was said is in either. */
export function createCallObserver({ logger, telemetry, clock, providerIds }: ObserverOptions): CallObserver {
  const known = oneOfLabels(...providerIds);
  const calls = telemetry.counter({
    name: 'calls_total',
    help: 'Calls by operation and class of status.',
    labels: { operation: operations, status: statusClasses },
  });
  const refusals = telemetry.counter({
    name: 'refusals_total',
    help: 'Calls that failed, by code.',
    labels: { code: oneOfLabels(...Object.keys(errorCatalogue)) },
  });
  const attempts = telemetry.counter({
    name: 'attempts_total',
    help: 'Tries of providers, by how they ended.',
    labels: { provider: known, state: oneOfLabels('settled', 'estimated', 'failed', 'orphaned') },
  });
  const tokens = telemetry.counter({
    name: 'tokens_total',
    help: 'Tokens by provider and direction.',
    labels: { provider: known, direction: oneOfLabels('input', 'output') },
  });
  const durations = telemetry.histogram({
    name: 'call_duration_seconds',
    help: 'From a call’s arrival to its end.',
    labels: { operation: operations },
    buckets: durationBuckets,
  });
  const firstContents = telemetry.histogram({
    name: 'first_content_seconds',
    help: 'From an attempt’s start to its first content.',
    labels: { provider: known },
    buckets: durationBuckets,
  });

  return {
    onServed(call, { principal, status, attempts: records }) {
      const durationMs = clock.ticksMs() - call.receivedAtTicksMs;
      calls.add({ operation: call.operation, status: classOf(status) });
      durations.observe({ operation: call.operation }, durationMs / 1_000);
      for (const { attempt, outcome } of records) {
        const provider = attempt.providerId;
        attempts.add({ provider, state: outcome.state });
        tokens.add({ provider, direction: 'input' }, totalInputTokens(outcome.usage));
        tokens.add({ provider, direction: 'output' }, totalOutputTokens(outcome.usage));
        if (outcome.firstContentMs !== undefined) {
          firstContents.observe({ provider }, outcome.firstContentMs / 1_000);
        }
      }
      const last = records.at(-1);
      logger.info(
        {
          event: 'call',
          requestId: call.requestId,
          organizationId: principal.organizationId,
          projectId: principal.projectId,
          apiKeyId: principal.apiKeyId,
          status,
          operation: call.operation,
          protocol: call.protocol,
          model: last?.call.requestedModel,
          provider: last?.attempt.providerId,
          attempts: records.length,
          state: last?.outcome.state,
          isStream: last?.call.isStream,
          durationMs: Math.round(durationMs),
        },
        'Call ended.',
      );
    },
    onFailed(call, error) {
      calls.add({ operation: call.operation, status: classOf(error.status) });
      refusals.add({ code: error.code });
      const { blame } = errorCatalogue[error.code];
      logger[blame === 'gateway' ? 'error' : 'info'](
        {
          event: 'call',
          requestId: call.requestId,
          status: error.status,
          code: error.code,
          blame,
          protocol: call.protocol,
          operation: call.operation,
          durationMs: Math.round(clock.ticksMs() - call.receivedAtTicksMs),
          error,
        },
        'Call failed.',
      );
    },
  };
}

function classOf(status: number): string {
  return status < 400 ? '2xx' : status < 500 ? '4xx' : '5xx';
}
