import { keysChannel } from '@turnpike/control/api-keys/key-announcer';
import type { Logger } from '@turnpike/platform/log/logger';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';

import type { RevocableKeyStore } from './key-store.ts';

/**
 * Lets the key store forget a key as soon as the control plane says that it changed. After a lost connection everything
 * is forgotten, because messages may have been missed; without any message a key is looked up again within ten seconds.
 */
export async function followKeys(subscriber: RedisConnection, keys: RevocableKeyStore, logger: Logger): Promise<void> {
  subscriber.on('message', (channel: string, digestHex: string) => {
    if (channel === keysChannel) {
      keys.forget(digestHex);
    }
  });
  subscriber.on('ready', () => {
    keys.forgetAll();
    logger.info({ component: 'keys' }, 'Listening for changes of keys.');
  });
  await subscriber.subscribe(keysChannel);
}
