import { z } from 'zod';

/** Queues by what may not wait for what, and how many jobs of each run at once in one worker. */
export const queueConcurrency = {
  /** The ledger: short jobs that customers' balances wait for. */
  money: 2,
  /** Partitions, clean-ups: slow jobs that nobody waits for. */
  maintenance: 1,
} as const;

export type QueueName = keyof typeof queueConcurrency;

export const queueNames: readonly QueueName[] = ['money', 'maintenance'];

/** A kind of job. Its handler must be safe to run twice: delivery is at least once. */
export interface JobDefinition<Payload> {
  readonly name: string;
  readonly queue: QueueName;
  /** Ids, not rows; evolves by adding optional members, because old jobs are read by new workers. */
  readonly payload: z.ZodType<Payload>;
  readonly attempts: number;
  /** Wait before the second attempt; doubles with each further one. */
  readonly backoffMs: number;
  /**
   * What one job is about: adding it again while it waits adds nothing. A job that is added while one of the same key
   * runs is kept and runs after it, so that a wake-up is never lost.
   */
  readonly idempotencyKey: (payload: Payload) => string;
  /** How long a job waits for others of its key to be added: wake-ups of many gateways become one. */
  readonly debounceMs: number;
}

const nothing = z.object({});

/** Posts usage batches that no ledger transaction holds yet. Woken by every gateway that shipped usage. */
export const postLedger: JobDefinition<z.output<typeof nothing>> = {
  name: 'post-ledger',
  queue: 'money',
  payload: nothing,
  attempts: 8,
  backoffMs: 500,
  idempotencyKey: () => 'all',
  debounceMs: 200,
};

/** Creates next month's partitions of the partitioned tables. */
export const ensurePartitions: JobDefinition<z.output<typeof nothing>> = {
  name: 'ensure-partitions',
  queue: 'maintenance',
  payload: nothing,
  attempts: 5,
  backoffMs: 10_000,
  idempotencyKey: () => 'all',
  debounceMs: 0,
};

/** Releases holds of calls that ended without anybody saying so. */
export const sweepHolds: JobDefinition<z.output<typeof nothing>> = {
  name: 'sweep-holds',
  queue: 'maintenance',
  payload: nothing,
  attempts: 1,
  backoffMs: 1_000,
  idempotencyKey: () => 'all',
  debounceMs: 0,
};

/** Tells what the outbox holds to whoever waits for it: above all, that usage was recorded. */
export const publishOutbox: JobDefinition<z.output<typeof nothing>> = {
  name: 'publish-outbox',
  queue: 'maintenance',
  payload: nothing,
  attempts: 1,
  backoffMs: 1_000,
  idempotencyKey: () => 'all',
  debounceMs: 0,
};

/** Removes sessions that are over and events that were told. */
export const pruneRecords: JobDefinition<z.output<typeof nothing>> = {
  name: 'prune-records',
  queue: 'maintenance',
  payload: nothing,
  attempts: 3,
  backoffMs: 10_000,
  idempotencyKey: () => 'all',
  debounceMs: 0,
};
