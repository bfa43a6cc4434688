import type { Logger } from '@turnpike/platform/log/logger';
import { bucketCount } from '@turnpike/platform/redis/bucket';
import { sweepBucket } from '@turnpike/platform/redis/hold-store';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';

export interface SweepHoldsPorts {
  readonly redis: RedisConnection;
  readonly logger: Logger;
}

/** Buckets that are asked at once: enough to be done in some milliseconds, few enough not to crowd out calls. */
const parallel = 16;

/**
 * Returns the money of holds whose calls ended without anybody saying so: their gateway died with its disk, or the
 * answer to the hold was lost. Safe to run twice: a hold is released once and leaves a mark, so that a late capture is
 * still counted. Throws when Redis cannot be reached.
 */
export async function runSweepHolds(_payload: object, { redis, logger }: SweepHoldsPorts): Promise<void> {
  let next = 0;
  const sweepNext = async (): Promise<void> => {
    while (next < bucketCount) {
      const bucket = next;
      next += 1;
      for (let hasMore = true; hasMore;) {
        const result = await sweepBucket(redis, bucket);
        hasMore = result.hasMore;
        for (const { organizationId, requestId } of result.swept) {
          logger.warn({ component: 'holds', organizationId, requestId }, 'A hold was not settled in time; released.');
        }
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, sweepNext));
}
