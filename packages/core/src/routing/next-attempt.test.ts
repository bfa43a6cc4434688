import { describe, expect, it } from 'vitest';

import type { FailureKind } from '../inference/failure.ts';
import { nextAttempt, type NextAttemptFacts } from './next-attempt.ts';

const facts = (kind: FailureKind, part: Partial<NextAttemptFacts> = {}): NextAttemptFacts => ({
  failure: { kind, message: 'x' },
  triesOfEndpoint: 1,
  hasOtherEndpoint: true,
  remainingMs: 60_000,
  ...part,
});

describe('nextAttempt', () => {
  it.each(['rate_limited', 'overloaded', 'server', 'timeout', 'malformed', 'unauthorized'] as const)(
    'goes to the next endpoint on %s',
    (kind) => {
      expect(nextAttempt(facts(kind)).action).toBe('next');
    },
  );

  it.each(['rejected', 'context_too_long', 'content_filtered'] as const)(
    'does not burn other providers on the caller’s own fault: %s',
    (kind) => {
      expect(nextAttempt(facts(kind))).toEqual({ action: 'stop' });
      expect(nextAttempt(facts(kind, { hasOtherEndpoint: false }))).toEqual({ action: 'stop' });
    },
  );

  it('tries a stale connection again at once, then moves on', () => {
    expect(nextAttempt(facts('connection'))).toEqual({ action: 'retry', delayMs: 0 });
    expect(nextAttempt(facts('connection', { triesOfEndpoint: 2 })).action).toBe('next');
  });

  it.each(['rate_limited', 'overloaded', 'server', 'malformed'] as const)(
    'tries %s once more where nothing else is left',
    (kind) => {
      expect(nextAttempt(facts(kind, { hasOtherEndpoint: false }))).toEqual({ action: 'retry', delayMs: 250 });
      expect(nextAttempt(facts(kind, { hasOtherEndpoint: false, triesOfEndpoint: 2 }))).toEqual({ action: 'stop' });
    },
  );

  it.each(['timeout', 'unauthorized'] as const)('does not repeat %s at the same endpoint', (kind) => {
    expect(nextAttempt(facts(kind, { hasOtherEndpoint: false }))).toEqual({ action: 'stop' });
  });

  it('waits as long as the provider asks, within the call’s deadline', () => {
    const failure = { kind: 'rate_limited', message: 'x', retryAfterSeconds: 2 } as const;
    expect(nextAttempt(facts('rate_limited', { failure, hasOtherEndpoint: false }))).toEqual({
      action: 'retry',
      delayMs: 2_000,
    });
    expect(nextAttempt(facts('rate_limited', { failure, hasOtherEndpoint: false, remainingMs: 3_000 }))).toEqual({
      action: 'stop',
    });
    expect(
      nextAttempt(facts('rate_limited', { failure: { ...failure, retryAfterSeconds: 60 }, hasOtherEndpoint: false })),
    ).toEqual({ action: 'stop' });
  });

  it('cools an endpoint down at least as long as it asked for', () => {
    expect(
      nextAttempt(facts('rate_limited', { failure: { kind: 'rate_limited', message: 'x', retryAfterSeconds: 30 } })),
    ).toEqual({ action: 'next', coolDownMs: 30_000 });
  });
});
