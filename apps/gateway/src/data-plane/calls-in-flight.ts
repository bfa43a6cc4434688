import type { Sink } from './call.ts';

/** Knows which calls are running, so that a shutdown can wait for them. */
export interface CallsInFlight {
  readonly count: number;
  /** Runs a call to its end; refuses none. */
  track<Result>(sink: Sink, run: () => Promise<Result>): Promise<Result>;
  /** Resolves when no call is running, or breaks off what still runs after `timeoutMs` and resolves when that is settled. */
  drain(timeoutMs: number): Promise<void>;
  /** Breaks off what still runs so much later, for a drain that is under way. */
  hurry(timeoutMs: number): void;
}

/** Counts running calls of this process. */
export function createCallsInFlight(): CallsInFlight {
  const running = new Set<Sink>();
  let whenIdle: (() => void) | undefined;

  const idle = (): Promise<void> =>
    running.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          whenIdle = resolve;
        });

  const breakOff = (): void => {
    for (const sink of running) {
      sink.destroy();
    }
  };

  return {
    get count() {
      return running.size;
    },
    async track(sink, run) {
      running.add(sink);
      try {
        return await run();
      } finally {
        running.delete(sink);
        if (running.size === 0) {
          whenIdle?.();
        }
      }
    },
    async drain(timeoutMs) {
      const timer = setTimeout(breakOff, timeoutMs);
      await idle();
      clearTimeout(timer);
    },
    hurry(timeoutMs) {
      setTimeout(breakOff, timeoutMs).unref();
    },
  };
}
