import type { Logger } from '@turnpike/platform/log/logger';
import { bucketCount } from '@turnpike/platform/redis/bucket';
import { sweepBucket } from '@turnpike/platform/redis/hold-store';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';

/** Buckets that are asked at once: enough to be done in some milliseconds, few enough not to crowd out calls. */
const parallel = 16;

/**
 * Releases every hold whose time is over, in all buckets, and returns how many there were. Such a hold belongs to an
 * instance that died with its disk, or to a hold whose answer was lost. Throws when Redis cannot be reached.
 */
export async function sweepHolds(redis: RedisConnection, logger: Logger): Promise<number> {
  let [next, count] = [0, 0];
  const sweepNext = async (): Promise<void> => {
    while (next < bucketCount) {
      const bucket = next;
      next += 1;
      for (let hasMore = true; hasMore;) {
        const result = await sweepBucket(redis, bucket);
        hasMore = result.hasMore;
        count += result.swept.length;
        for (const { organizationId, requestId } of result.swept) {
          logger.warn(
            { component: 'metering', organizationId, requestId },
            'A hold was not settled in time; released.',
          );
        }
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, sweepNext));
  return count;
}
