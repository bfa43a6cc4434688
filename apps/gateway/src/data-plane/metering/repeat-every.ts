import type { Logger } from '@turnpike/platform/log/logger';

export interface Repetition {
  /** Resolves when the last run is over. */
  stop(): Promise<void>;
}

/** Runs a task at once and then again so long after each run ended. A run that fails is logged, and tried again. */
export function repeatEvery(everyMs: number, name: string, logger: Logger, run: () => Promise<unknown>): Repetition {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  const runOnce = async (): Promise<void> => {
    try {
      await run();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1) {
        logger.warn({ component: 'metering', event: name, error }, 'A background task failed; trying again.');
      }
    }
    if (!isStopped) {
      timer = setTimeout(() => {
        running = runOnce();
      }, everyMs);
      timer.unref();
    }
  };
  let running = runOnce();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
