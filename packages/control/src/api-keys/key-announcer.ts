import type { RedisConnection } from '@turnpike/platform/redis/redis-client';
import type { Logger } from '@turnpike/platform/log/logger';

/** Tells gateways that a key has changed, so that they stop believing what they remember of it. */
export interface KeyAnnouncer {
  /** Limits or settings changed, or the key works again: look it up anew. */
  announceChange(digest: Uint8Array): Promise<void>;
  /** The key must not work any more. */
  announceRefusal(digest: Uint8Array): Promise<void>;
}

/** The channel on which gateways hear the digest (hexadecimal) of a key to forget. */
export const keysChannel = 'keys';

/** Longer than any gateway serves a key from memory while its stores are away (15 minutes). */
const refusalSeconds = 900;

/** The mark that a key is refused, for a gateway that missed the message. */
export function refusalMark(digestHex: string): string {
  return `revoked:${digestHex}`;
}

/**
 * Makes an announcer. When Redis cannot be reached the change stands all the same, because Postgres has it: gateways
 * notice within ten seconds, when what they remember gets old. That is logged and does not fail the change.
 */
export function createKeyAnnouncer(redis: RedisConnection, logger: Logger): KeyAnnouncer {
  const announce = async (tell: () => Promise<unknown>): Promise<void> => {
    try {
      await tell();
    } catch (error) {
      logger.error(
        { component: 'key-announcer', error },
        'A key change was not announced; gateways notice within 10 s.',
      );
    }
  };
  return {
    announceChange(digest) {
      const hex = Buffer.from(digest).toString('hex');
      return announce(() => Promise.all([redis.del(refusalMark(hex)), redis.publish(keysChannel, hex)]));
    },
    announceRefusal(digest) {
      const hex = Buffer.from(digest).toString('hex');
      // The mark first: a gateway that looks the key up again on the message must find it.
      return announce(async () => {
        await redis.set(refusalMark(hex), 1, 'EX', refusalSeconds);
        await redis.publish(keysChannel, hex);
      });
    },
  };
}
