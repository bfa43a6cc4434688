import { GatewayError } from '@turnpike/core/errors';
import { ZodError } from 'zod';
import type { RedisConnection } from './redis-client.ts';

/** Runs commands that a caller waits for, and stops waiting for a Redis that does not answer. */
export interface ResponsiveRedis {
  readonly connection: RedisConnection;
  /**
   * Runs a command with a deadline. Throws GatewayError `service_unavailable` when Redis is down or late; whether a
   * late command was executed is then unknown. Errors that Redis answered are passed on.
   */
  run<Result>(command: (connection: RedisConnection) => Promise<Result>): Promise<Result>;
  /** False from the first late command until Redis answers again. */
  isAnswering(): boolean;
  close(): void;
}

export interface ResponsiveRedisOptions {
  /** How long a caller waits for one command. */
  readonly timeoutMs: number;
}

const probeIntervalMs = 100;
/** A probe this late means that the connection is dead without a close: it is replaced. */
const deadAfterMs = 2_000;
const retryAfterSeconds = 1;
/** A timer that is this late was kept waiting by our own work. */
const busyLoopMs = 20;

/**
 * Guards a connection of the call path. The first late command pays the whole deadline; from then on commands fail at
 * once, without being sent, until a probe is answered: a hanging Redis costs callers milliseconds and not a deadline
 * each.
 */
export function createResponsiveRedis(
  connection: RedisConnection,
  { timeoutMs }: ResponsiveRedisOptions,
): ResponsiveRedis {
  let isAnswering = true;
  let probe: NodeJS.Timeout | undefined;

  const startProbing = (): void => {
    if (!isAnswering) {
      return;
    }
    isAnswering = false;
    let sentAtMs: number | undefined;
    probe = setInterval(() => {
      const nowMs = performance.now();
      if (sentAtMs !== undefined) {
        if (nowMs - sentAtMs > deadAfterMs) {
          sentAtMs = undefined;
          connection.disconnect(true);
        }
        return;
      }
      sentAtMs = nowMs;
      connection.ping().then(
        () => {
          clearInterval(probe);
          isAnswering = true;
        },
        () => {
          sentAtMs = undefined;
        },
      );
    }, probeIntervalMs);
    probe.unref();
  };

  return {
    connection,
    isAnswering: () => isAnswering,
    close: () => clearInterval(probe),
    async run(command) {
      if (!isAnswering) {
        throw unavailable();
      }
      try {
        return await withinDeadline(command(connection), timeoutMs);
      } catch (error) {
        if (error instanceof LateError) {
          startProbing();
          throw unavailable(error);
        }
        throw isUnavailable(error) ? unavailable(error) : error;
      }
    },
  };
}

class LateError extends Error {
  override readonly name = 'LateError';
}

function unavailable(cause?: unknown): GatewayError {
  return new GatewayError('service_unavailable', 'Limits cannot be checked at the moment. Please retry.', {
    cause,
    retryAfterSeconds,
  });
}

/**
 * Everything but a mistake of ours: a command that did not reach Redis, an answer that did not come, and what Redis
 * says of its own state (LOADING, READONLY, OOM, CLUSTERDOWN…). A wrong command answers ERR or WRONGTYPE, and a wrong
 * argument or reply is found on this side.
 */
function isUnavailable(error: unknown): boolean {
  if (
    !(error instanceof Error) ||
    error instanceof RangeError ||
    error instanceof TypeError ||
    error instanceof ZodError
  ) {
    return false;
  }
  return !(error.name === 'ReplyError' && /^(ERR|WRONGTYPE)\b/.test(error.message));
}

/**
 * Settles with the command, or rejects after the deadline. Where the timer itself fires late, this process was busy and
 * not Redis: the answer may already wait in the socket, so it gets some more time; and one turn that reads sockets
 * passes before a command counts as late.
 */
function withinDeadline<Result>(command: Promise<Result>, timeoutMs: number): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  let timer: NodeJS.Timeout | undefined;
  const arm = (waitMs: number): void => {
    const dueAtMs = performance.now() + waitMs;
    timer = setTimeout(() => {
      if (performance.now() - dueAtMs > busyLoopMs) {
        arm(timeoutMs / 4);
      } else {
        setImmediate(() => reject(new LateError(`Redis did not answer within ${timeoutMs} ms.`)));
      }
    }, waitMs);
  };
  arm(timeoutMs);
  command.then(
    (result) => {
      clearTimeout(timer);
      resolve(result);
    },
    (error: unknown) => {
      clearTimeout(timer);
      reject(error);
    },
  );
  return promise;
}
