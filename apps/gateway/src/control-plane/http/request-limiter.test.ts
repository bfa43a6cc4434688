import { GatewayError } from '@turnpike/core/errors';
import { describe, expect, it } from 'vitest';
import { createRequestLimiter } from './request-limiter.ts';

function refusalOf(act: () => void): number | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'rate_limit_exceeded') {
      return error.retryAfterSeconds;
    }
    throw error;
  }
  return undefined;
}

describe('createRequestLimiter', () => {
  it('lets through what the limit allows, refuses the next, and starts anew with the next window', () => {
    const limiter = createRequestLimiter(2, 10_000);
    const answers = [0, 1, 4_000, 9_999, 10_000].map((now) => refusalOf(() => limiter.count('a', now)));
    expect(answers).toStrictEqual([undefined, undefined, 6, 1, undefined]);
  });

  it('counts subjects apart', () => {
    const limiter = createRequestLimiter(1, 10_000);
    limiter.count('a', 0);
    expect(refusalOf(() => limiter.count('b', 0))).toBeUndefined();
    expect(refusalOf(() => limiter.count('a', 0))).toBe(10);
  });

  it('forgets the oldest subjects in a flood', () => {
    const limiter = createRequestLimiter(1, 10_000);
    for (let index = 0; index <= 10_000; index += 1) {
      limiter.count(`address ${index}`, 0);
    }
    expect(refusalOf(() => limiter.count('address 0', 0))).toBeUndefined();
    expect(refusalOf(() => limiter.count('address 10000', 0))).toBe(10);
  });
});
