import { Queue } from 'bullmq';
import type { Logger } from '../log/logger.ts';
import type { RedisConnection } from '../redis/redis-client.ts';
import type { JobDefinition, QueueName } from './job-catalogue.ts';

/** All keys of all queues have this hash tag, so that they live in one slot of a cluster. */
export const queuePrefix = '{bull}';

/** Adds jobs. */
export interface JobQueue {
  /** Adds a job, or nothing when one of its key waits already. Throws when the payload does not fit its schema. */
  enqueue<Payload>(job: JobDefinition<Payload>, payload: Payload): Promise<void>;
  /** Adds a job every so often, once for all workers that ask for it; calling again replaces the interval. */
  scheduleEvery<Payload>(job: JobDefinition<Payload>, payload: Payload, everyMs: number): Promise<void>;
  /** Jobs of a queue that wait or run: for gauges. */
  backlog(queue: QueueName): Promise<number>;
  close(): Promise<void>;
}

/** Ended jobs are kept for a look at what happened, not for idempotency: that is the database's. */
const keepCompleted = { age: 3_600, count: 1_000 };
const keepFailed = { age: 14 * 86_400, count: 10_000 };

/** Opens the queues on a connection made by `createQueueConnection`, which stays the caller's to close. */
export function createJobQueue(connection: RedisConnection, logger: Logger): JobQueue {
  const queues = new Map<QueueName, Queue>();
  const queueOf = (name: QueueName): Queue => {
    const known = queues.get(name);
    if (known !== undefined) {
      return known;
    }
    const queue = new Queue(name, { connection, prefix: queuePrefix });
    queue.on('error', (error) => logger.error({ component: 'queue', queue: name, error }, 'The queue failed.'));
    queues.set(name, queue);
    return queue;
  };
  return {
    async enqueue(job, payload) {
      await queueOf(job.queue).add(job.name, job.payload.parse(payload), {
        ...optionsOf(job),
        delay: job.debounceMs,
        deduplication: { id: `${job.name}-${job.idempotencyKey(payload)}`, keepLastIfActive: true },
      });
    },
    async scheduleEvery(job, payload, everyMs) {
      await queueOf(job.queue).upsertJobScheduler(
        job.name,
        { every: everyMs },
        { name: job.name, data: job.payload.parse(payload), opts: optionsOf(job) },
      );
    },
    async backlog(name) {
      const counts = await queueOf(name).getJobCounts('waiting', 'delayed', 'active', 'prioritized');
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function optionsOf<Payload>({ attempts, backoffMs }: JobDefinition<Payload>) {
  return {
    attempts,
    backoff: { type: 'exponential', delay: backoffMs, jitter: 0.2 },
    removeOnComplete: keepCompleted,
    removeOnFail: keepFailed,
  };
}
