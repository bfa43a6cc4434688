import type { Secret } from '@turnpike/platform/config/secret';
import type { Database } from '@turnpike/db/client';
import { digestApiKey, digestSession, randomBytes } from '@turnpike/platform/crypto/digests';
import type { Logger } from '@turnpike/platform/log/logger';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';
import { createKeyAnnouncer } from './api-keys/key-announcer.ts';
import { createAttemptLimiter } from './auth/attempt-limiter.ts';
import { createPasswordHasher } from './auth/password-hasher.ts';
import type { Clock } from './read-context.ts';
import type { ControlServices, SignUpRules } from './services.ts';

export interface ControlServicesOptions {
  /** Role `app`. */
  readonly database: Database;
  /** Made by `createBackgroundConnection`: people wait for it, but not on the call path. */
  readonly redis: RedisConnection;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The data plane's: a key that is created here must be found there. */
  readonly apiKeyPepper: Secret;
  readonly sessionPepper: Secret;
  readonly signUp: SignUpRules;
}

/** Puts the services of a process together. Connections stay the caller's to close. */
export function createControlServices(options: ControlServicesOptions): ControlServices {
  const { database, redis, logger, clock, apiKeyPepper, sessionPepper, signUp } = options;
  return {
    database,
    clock,
    randomBytes,
    digests: {
      apiKey: (secret) => digestApiKey(apiKeyPepper, secret),
      session: (token) => digestSession(sessionPepper, token),
    },
    passwords: createPasswordHasher(),
    attempts: createAttemptLimiter(redis),
    keyAnnouncer: createKeyAnnouncer(redis, logger),
    signUp,
  };
}
