import { Redis } from 'ioredis';
import type { Secret } from '../config/secret.ts';
import type { Logger } from '../log/logger.ts';

export interface RedisConnectionOptions {
  readonly url: Secret;
  /** Shown by `CLIENT LIST`, so that an operator sees whose connection it is. */
  readonly name: string;
  readonly logger: Logger;
}

/** Ready for commands; the type of ioredis, so that BullMQ and pub/sub can share the factory's settings. */
export type RedisConnection = Redis;

/**
 * How long a call waits for Redis before it is refused with 503. A script takes well under a millisecond; the rest is
 * patience with a busy host. Only the first late calls wait so long: `createResponsiveRedis` refuses the next at once.
 */
export const callTimeoutMs = 250;
/** Off the call path: batches, loading of state, sweeps. */
export const backgroundTimeoutMs = 2_000;

const connectTimeoutMs = 2_000;
const maxReconnectDelayMs = 1_000;

/**
 * The connection that calls wait on, through `createResponsiveRedis`, which brings the deadline. Commands fail at once while it is down, and are never sent again on a new
 * connection: what was sent may have been executed, and only the caller knows whether to repeat it.
 */
export function createCallConnection(options: RedisConnectionOptions): RedisConnection {
  return connect(options, undefined);
}

/** A connection for work that no caller waits for: the same rules with a longer patience. */
export function createBackgroundConnection(options: RedisConnectionOptions): RedisConnection {
  return connect(options, backgroundTimeoutMs);
}

/**
 * A connection for `SUBSCRIBE`, which can do nothing else. It subscribes again by itself after a loss; messages in
 * between are gone, so subscribers also poll.
 */
export function createSubscriberConnection({ url, name, logger }: RedisConnectionOptions): RedisConnection {
  const redis = new Redis(url.reveal(), {
    ...commonOptions(name),
    autoResubscribe: true,
    maxRetriesPerRequest: null,
  });
  return withLoggedErrors(redis, name, logger);
}

/**
 * A connection as BullMQ wants it: blocking commands wait without a limit, and commands queue while it is down.
 */
export function createQueueConnection({ url, name, logger }: RedisConnectionOptions): RedisConnection {
  const redis = new Redis(url.reveal(), { ...commonOptions(name), maxRetriesPerRequest: null });
  return withLoggedErrors(redis, name, logger);
}

/** Resolves once the connection takes commands. Throws after `timeoutMs`, naming the connection and never its URL. */
export async function waitUntilReady(redis: RedisConnection, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') {
    return;
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let lastError: Error | undefined;
  const onReady = (): void => resolve();
  const onError = (error: Error): void => {
    lastError = error;
  };
  const timer = setTimeout(
    () => reject(new Error(`Redis did not answer within ${timeoutMs} ms.`, { cause: lastError })),
    timeoutMs,
  );
  redis.once('ready', onReady);
  redis.on('error', onError);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    redis.off('ready', onReady);
    redis.off('error', onError);
  }
}

/** Ends a connection: lets sent commands finish, then closes; at once when it is not connected. */
export async function closeConnection(redis: RedisConnection): Promise<void> {
  if (redis.status !== 'ready') {
    redis.disconnect();
    return;
  }
  try {
    await redis.quit();
  } catch {
    // The connection was lost while it was being closed, which is what was asked for.
    redis.disconnect();
  }
}

function connect({ url, name, logger }: RedisConnectionOptions, commandTimeoutMs: number | undefined): RedisConnection {
  const redis = new Redis(url.reveal(), {
    ...commonOptions(name),
    ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  return withLoggedErrors(redis, name, logger);
}

function commonOptions(name: string) {
  return {
    connectionName: `turnpike:${name}`,
    connectTimeout: connectTimeoutMs,
    // Redis 7.0 does not know CLIENT SETINFO; the name above says more.
    disableClientInfo: true,
    noDelay: true,
    retryStrategy: (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 6), maxReconnectDelayMs),
    // After a fail-over the old primary answers READONLY: connect again to find the new one.
    reconnectOnError: (error: Error): boolean => error.message.startsWith('READONLY'),
  };
}

/** ioredis emits `error` for each failed connect; one line per outage says the same. */
function withLoggedErrors(redis: Redis, name: string, logger: Logger): RedisConnection {
  let isReported = false;
  redis.on('error', (error: Error) => {
    if (!isReported) {
      isReported = true;
      logger.error({ component: 'redis', reason: name, error }, 'Redis connection failed; retrying.');
    }
  });
  redis.on('ready', () => {
    if (isReported) {
      isReported = false;
      logger.info({ component: 'redis', reason: name }, 'Redis connection is back.');
    }
  });
  return redis;
}
