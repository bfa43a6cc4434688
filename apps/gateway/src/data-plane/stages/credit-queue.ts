import { GatewayError } from '@turnpike/core/errors';

import type { Sink } from '../call.ts';
import type { Clock } from '../ports.ts';

/** Lets calls wait for credit that is only held by other calls, a bounded number of them for a bounded time. */
export interface CreditQueue {
  /** Tries again while the refusal is `credits_reserved`. Throws the last refusal when waiting did not help. */
  untilFree<Result>(sink: Sink, attempt: () => Promise<Result>): Promise<Result>;
}

/** Long enough for short calls to end; a caller with a longer patience retries by itself. */
const patienceMs = 3_000;
const leastPauseMs = 80;
const mostPauseMs = 240;
/** More waiting calls than this would keep Redis busy with asking. */
const maxWaiting = 500;

/** Makes the queue of a process. `random` gives 0 to 1 and spreads the tries. */
export function createCreditQueue(clock: Clock, random: () => number): CreditQueue {
  let waiting = 0;
  return {
    async untilFree(sink, attempt) {
      const giveUpAtMs = clock.ticksMs() + patienceMs;
      for (;;) {
        try {
          return await attempt();
        } catch (error) {
          const isReserved = error instanceof GatewayError && error.code === 'credits_reserved';
          if (!isReserved || sink.isGone || waiting >= maxWaiting || clock.ticksMs() >= giveUpAtMs) {
            throw error;
          }
        }
        waiting += 1;
        await new Promise((resolve) => setTimeout(resolve, leastPauseMs + random() * (mostPauseMs - leastPauseMs)));
        waiting -= 1;
      }
    },
  };
}
