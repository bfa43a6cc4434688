import type { RedisConnection } from '@turnpike/platform/redis/redis-client';
import type { Logger } from '@turnpike/platform/log/logger';

/** Tells gateways that a key has changed, so that they stop believing what they remember of it. */
export interface KeyAnnouncer {
  /** Its settings changed, or whether it works: look it up anew. */
  announceChange(digest: Uint8Array): Promise<void>;
}

/** The channel on which gateways hear the digest (hexadecimal) of a key to forget. */
export const keysChannel = 'keys';

/**
 * Makes an announcer. When Redis cannot be reached the change stands all the same, because Postgres has it: gateways
 * notice within ten seconds, when what they remember gets old. That is logged and does not fail the change.
 */
export function createKeyAnnouncer(redis: RedisConnection, logger: Logger): KeyAnnouncer {
  return {
    async announceChange(digest) {
      try {
        await redis.publish(keysChannel, Buffer.from(digest).toString('hex'));
      } catch (error) {
        logger.error(
          { component: 'key-announcer', error },
          'A key change was not announced; gateways notice within 10 s.',
        );
      }
    },
  };
}
