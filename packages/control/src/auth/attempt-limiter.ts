import { GatewayError } from '@turnpike/core/errors';
import { sha256Hex } from '@turnpike/platform/crypto/digests';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';

/** So many attempts per window, whatever their outcome. */
export interface AttemptLimit {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** An attempt counted under a subject: an e-mail address, an IP address, or both. */
export interface Attempt {
  readonly limit: AttemptLimit;
  readonly subject: string;
}

/** Counts attempts over all processes, so that guessing on many connections is guessing once. */
export interface AttemptLimiter {
  /**
   * Counts one attempt under each subject, before it is made: parallel guesses cannot overtake the count. Throws
   * GatewayError `rate_limit_exceeded` with the seconds to wait, or `service_unavailable` without Redis: guessing
   * without a count is not allowed.
   */
  count(attempts: readonly Attempt[]): Promise<void>;
  /** Forgets what was counted under a subject, after the right password. */
  forget(attempts: readonly Attempt[]): Promise<void>;
}

/** Makes a limiter on a Redis connection. Subjects are stored as digests: Redis holds no addresses. */
export function createAttemptLimiter(redis: RedisConnection): AttemptLimiter {
  return {
    async count(attempts) {
      const waits = await askRedis(Promise.all(attempts.map((attempt) => countOne(redis, attempt))));
      const waitMs = Math.max(0, ...waits);
      if (waitMs > 0) {
        const retryAfterSeconds = Math.ceil(waitMs / 1_000);
        throw new GatewayError('rate_limit_exceeded', `Too many attempts. Try again in ${retryAfterSeconds} seconds.`, {
          retryAfterSeconds,
        });
      }
    },
    async forget(attempts) {
      await askRedis(Promise.all(attempts.map((attempt) => redis.del(keyOf(attempt)))));
    },
  };
}

/** Gives the milliseconds to wait; 0 when the attempt is within the limit. */
async function countOne(redis: RedisConnection, attempt: Attempt): Promise<number> {
  const key = keyOf(attempt);
  // In one transaction, so that no counter can be left without its end. PEXPIRE NX would be shorter, but needs Redis 7.
  const results = await redis.multi().set(key, 0, 'PX', attempt.limit.windowMs, 'NX').incr(key).pttl(key).exec();
  const [count, remainingMs] = (results ?? []).slice(1).map(([error, value]) => {
    if (error !== null || typeof value !== 'number') {
      throw new TypeError('Redis did not count the attempt.', { cause: error });
    }
    return value;
  });
  if (count === undefined || remainingMs === undefined) {
    throw new TypeError('Redis did not count the attempt.');
  }
  return count > attempt.limit.limit ? Math.max(remainingMs, 1) : 0;
}

function keyOf({ limit, subject }: Attempt): string {
  return `attempts:${limit.name}:${sha256Hex(subject)}`;
}

async function askRedis<Result>(answer: Promise<Result>): Promise<Result> {
  try {
    return await answer;
  } catch (cause) {
    throw new GatewayError('service_unavailable', 'Signing in is not possible at this moment. Please try again.', {
      cause,
      retryAfterSeconds: 5,
    });
  }
}
