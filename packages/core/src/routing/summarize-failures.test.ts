import { describe, expect, it } from 'vitest';

import type { UpstreamFailure } from '../inference/failure.ts';
import { summarizeFailures, type FailedAttempt } from './summarize-failures.ts';

const failed = (
  failure: Partial<UpstreamFailure> & Pick<UpstreamFailure, 'kind'>,
  providerId = 'acme',
): FailedAttempt => ({
  providerId,
  failure: { message: 'vendor words', ...failure },
  durationMs: 12.4,
});

describe('summarizeFailures', () => {
  it.each([
    ['rate_limited', 'rate_limit_exceeded', 429],
    ['overloaded', 'overloaded', 503],
    ['timeout', 'upstream_timeout', 504],
    ['server', 'upstream_error', 502],
    ['connection', 'upstream_error', 502],
    ['malformed', 'upstream_malformed', 502],
    ['context_too_long', 'context_length_exceeded', 400],
    ['content_filtered', 'content_policy_violation', 400],
    ['rejected', 'invalid_request', 400],
  ] as const)('answers %s with %s and %i', (kind, code, status) => {
    expect(summarizeFailures([failed({ kind })], false)).toMatchObject({ code, status });
  });

  it('never shows a refusal of our own credential as the caller’s 401', () => {
    const error = summarizeFailures(
      [failed({ kind: 'unauthorized', status: 401, providerCode: 'invalid_api_key' })],
      true,
    );
    expect(error).toMatchObject({ code: 'upstream_error', status: 502 });
    expect(JSON.stringify(error.metadata)).not.toContain('invalid_api_key');
  });

  it('is a 429 only when every attempt was rate-limited', () => {
    expect(summarizeFailures([failed({ kind: 'rate_limited' }), failed({ kind: 'server' })], false).status).toBe(502);
    expect(summarizeFailures([failed({ kind: 'rate_limited', retryAfterSeconds: 7 })], false).retryAfterSeconds).toBe(
      7,
    );
  });

  it('passes a refusal of the body on with its status, field and words', () => {
    const error = summarizeFailures(
      [failed({ kind: 'rejected', status: 422, param: 'tools', providerCode: 'bad_tool' })],
      false,
    );
    expect(error).toMatchObject({
      status: 422,
      param: 'tools',
      message: 'vendor words',
      metadata: { provider: 'acme', provider_code: 'bad_tool' },
    });
    expect(summarizeFailures([failed({ kind: 'rejected', status: 418 })], false).status).toBe(400);
    expect(summarizeFailures([failed({ kind: 'rejected', status: 404 })], false).code).toBe('model_not_found');
  });

  it('lists the attempts for the caller only where the project allows it, for the log always', () => {
    const attempts = [failed({ kind: 'server', status: 500 }, 'one'), failed({ kind: 'timeout' }, 'two')];
    const hidden = summarizeFailures(attempts, false);
    expect(hidden.metadata).not.toHaveProperty('attempts');
    expect(hidden.detail).toMatchObject({
      attempts: [{ provider: 'one', status: 500, duration_ms: 12 }, { provider: 'two' }],
    });
    expect(summarizeFailures(attempts, true).metadata).toHaveProperty('attempts');
  });

  it('says that nothing was tried rather than inventing a failure', () => {
    expect(summarizeFailures([], false).code).toBe('internal');
  });
});
