import { GatewayError, type ErrorCode } from '../errors.ts';
import type { FailureKind, UpstreamFailure } from '../inference/failure.ts';
import type { JsonObject } from '../json.ts';

/** One failed try, as the caller may see it. */
export interface FailedAttempt {
  readonly providerId: string;
  readonly failure: UpstreamFailure;
  readonly durationMs: number;
}

/** From the most to the least telling: what the caller can act on comes first. */
const precedence: readonly FailureKind[] = [
  'rejected',
  'context_too_long',
  'content_filtered',
  'timeout',
  'overloaded',
  'malformed',
  'server',
  'connection',
  'unauthorized',
  'rate_limited',
];

const codes: Readonly<Record<FailureKind, ErrorCode>> = {
  rejected: 'invalid_request',
  context_too_long: 'context_length_exceeded',
  content_filtered: 'content_policy_violation',
  timeout: 'upstream_timeout',
  overloaded: 'overloaded',
  malformed: 'upstream_malformed',
  server: 'upstream_error',
  connection: 'upstream_error',
  unauthorized: 'upstream_error',
  rate_limited: 'rate_limit_exceeded',
};

/** Statuses of a provider's refusal that mean the same from us; any other refusal is a plain 400. */
const passedStatuses: ReadonlySet<number> = new Set([400, 404, 409, 413, 415, 422]);

/**
 * The one error for a call whose every attempt failed: the most actionable failure decides (all rate-limited = 429,
 * a refusal of the body = that 4xx, otherwise 502, 503 or 504). `exposesAttempts` adds the list of attempts to the
 * answer; the log has it always. A provider's refusal of our own credential is never shown as the caller's 401.
 */
export function summarizeFailures(attempts: readonly FailedAttempt[], exposesAttempts: boolean): GatewayError {
  const worst = attempts.toSorted((left, right) => rank(left) - rank(right))[0];
  if (worst === undefined) {
    return new GatewayError('internal', 'No attempt was made for this call. Please retry.');
  }
  const { failure } = worst;
  const code = codes[failure.kind];
  const list = attempts.map(describe);
  const isRefusal = failure.kind === 'rejected' && failure.status !== undefined && passedStatuses.has(failure.status);
  return new GatewayError(
    isRefusal && failure.status === 404 ? 'model_not_found' : code,
    messageFor(worst, attempts.length),
    {
      ...(isRefusal ? { status: failure.status } : {}),
      ...(failure.param === undefined ? {} : { param: failure.param }),
      ...(failure.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: failure.retryAfterSeconds }),
      detail: { attempts: list },
      metadata: {
        provider: worst.providerId,
        ...(failure.providerCode === undefined || failure.kind === 'unauthorized'
          ? {}
          : { provider_code: failure.providerCode }),
        ...(exposesAttempts ? { attempts: list } : {}),
      },
    },
  );
}

function messageFor({ failure, providerId }: FailedAttempt, tries: number): string {
  const after = tries > 1 ? ` after ${tries} attempts` : '';
  switch (failure.kind) {
    case 'rejected':
    case 'context_too_long':
    case 'content_filtered':
      return failure.message;
    case 'timeout':
      return `The provider did not answer in time${after}. Please retry.`;
    case 'rate_limited':
      return `The provider \`${providerId}\` is limiting our rate${after}: ${failure.message}`;
    case 'overloaded':
      return `The provider \`${providerId}\` is overloaded${after}. Please retry shortly.`;
    case 'malformed':
      return `The provider \`${providerId}\` sent an answer that makes no sense${after}. Please retry.`;
    case 'unauthorized':
      return `The provider \`${providerId}\` refused the gateway's own credential${after}. The operator has to renew it.`;
    case 'server':
    case 'connection':
      return `The provider \`${providerId}\` failed${after}: ${failure.message}`;
    default:
      return failure.kind satisfies never;
  }
}

function describe({ providerId, failure, durationMs }: FailedAttempt): JsonObject {
  return {
    provider: providerId,
    code: failure.kind,
    ...(failure.status === undefined ? {} : { status: failure.status }),
    duration_ms: Math.round(durationMs),
  };
}

function rank(attempt: FailedAttempt): number {
  return precedence.indexOf(attempt.failure.kind);
}
