import type { Logger } from '@turnpike/platform/log/logger';
import { bucketCount } from '@turnpike/platform/redis/bucket';
import { sweepBucket } from '@turnpike/platform/redis/hold-store';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';

export interface SweepHoldsPorts {
  readonly redis: RedisConnection;
  readonly logger: Logger;
}

/**
 * Returns the money of holds whose calls ended without anybody saying so: their gateway died with its disk. Safe to run
 * twice: a hold is released once and leaves a mark, so that a late capture is still counted.
 */
export async function runSweepHolds(_payload: object, { redis, logger }: SweepHoldsPorts): Promise<void> {
  let count = 0;
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    for (;;) {
      const { swept, hasMore } = await sweepBucket(redis, bucket);
      count += swept.length;
      if (!hasMore) {
        break;
      }
    }
  }
  if (count > 0) {
    logger.warn({ component: 'holds', count }, 'Holds expired without a capture.');
  }
}
