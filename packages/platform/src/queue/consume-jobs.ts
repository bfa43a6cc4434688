import { type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Logger } from '../log/logger.ts';
import type { RedisConnection } from '../redis/redis-client.ts';
import { type JobDefinition, type QueueName, queueConcurrency, queueNames } from './job-catalogue.ts';
import { queuePrefix } from './job-queue.ts';

/** A job's definition with what to do, ready for any payload. Made by `handleJob`. */
export interface JobHandler {
  readonly name: string;
  readonly queue: QueueName;
  run(data: unknown): Promise<void>;
}

export interface JobConsumer {
  /** Takes no further jobs and waits for the running ones, but not longer than `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

export interface JobFigures {
  /** Told about each run: how it ended and how long it took. */
  onRun(run: { readonly job: string; readonly outcome: 'done' | 'failed'; readonly durationMs: number }): void;
}

export interface ConsumeJobsOptions {
  /** Made by `createQueueConnection`; each queue duplicates it for its blocking commands. */
  readonly connection: RedisConnection;
  readonly logger: Logger;
  readonly handlers: readonly JobHandler[];
  readonly figures?: JobFigures;
}

/**
 * Longer than any job blocks the loop: a job whose lock runs out is run by another worker at the same time. Handlers
 * are safe against that; this keeps it rare.
 */
const lockDurationMs = 60_000;

/** Joins a definition to its handler. A payload that does not fit fails for good: trying again does not mend it. */
export function handleJob<Payload>(
  job: JobDefinition<Payload>,
  handle: (payload: Payload) => Promise<void>,
): JobHandler {
  return {
    name: job.name,
    queue: job.queue,
    async run(data) {
      const parsed = job.payload.safeParse(data);
      if (!parsed.success) {
        throw new UnrecoverableError(`The payload of ${job.name} does not fit its schema.`);
      }
      await handle(parsed.data);
    },
  };
}

/** Runs jobs of all queues until it is closed. Throws TypeError when a job has two handlers. */
export function consumeJobs({ connection, logger, handlers, figures }: ConsumeJobsOptions): JobConsumer {
  const handlersByName = new Map(handlers.map((handler) => [handler.name, handler]));
  if (handlersByName.size !== handlers.length) {
    throw new TypeError('A job has two handlers.');
  }
  const running = new Set<Promise<void>>();
  const run = (job: Job): Promise<void> => {
    const done = handle(job);
    running.add(done);
    const forget = (): void => void running.delete(done);
    done.then(forget, forget);
    return done;
  };
  const handle = async (job: Job): Promise<void> => {
    const handler = handlersByName.get(job.name);
    if (handler === undefined) {
      throw new UnrecoverableError(`No handler for the job ${job.name}.`);
    }
    const startedAtMs = performance.now();
    const facts = { component: 'queue', job: job.name, jobId: job.id, attempt: job.attemptsMade + 1 };
    try {
      await handler.run(job.data);
      const durationMs = performance.now() - startedAtMs;
      figures?.onRun({ job: job.name, outcome: 'done', durationMs });
      logger.debug({ ...facts, durationMs }, 'Job done.');
    } catch (error) {
      const durationMs = performance.now() - startedAtMs;
      figures?.onRun({ job: job.name, outcome: 'failed', durationMs });
      logger.error({ ...facts, durationMs, error }, 'Job failed.');
      throw error;
    }
  };
  const workers = queueNames
    .filter((name) => handlers.some(({ queue }) => queue === name))
    .map((name) => {
      const worker = new Worker(name, run, {
        connection,
        prefix: queuePrefix,
        concurrency: queueConcurrency[name],
        lockDuration: lockDurationMs,
      });
      worker.on('error', (error) => logger.error({ component: 'queue', queue: name, error }, 'The queue failed.'));
      return worker;
    });
  return {
    async close(timeoutMs) {
      await Promise.all(workers.map((worker) => worker.pause(true)));
      const ended = Promise.allSettled(running).then(() => 'ended' as const);
      const { promise: timedOut, resolve } = Promise.withResolvers<'timed-out'>();
      const timer = setTimeout(() => resolve('timed-out'), timeoutMs);
      const outcome = await Promise.race([ended, timedOut]);
      clearTimeout(timer);
      // Forced, the lock of what still runs expires and another worker repeats it.
      await Promise.all(workers.map((worker) => worker.close(outcome === 'timed-out')));
    },
  };
}
