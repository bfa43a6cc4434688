import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createWorkerDatabase, type WorkerDatabase } from '@turnpike/db/worker';
import type { Logger } from '@turnpike/platform/log/logger';
import { assertNoEviction } from '@turnpike/platform/queue/assert-queue-redis';
import { consumeJobs, handleJob, type JobConsumer } from '@turnpike/platform/queue/consume-jobs';
import {
  ensurePartitions,
  postLedger,
  pruneRecords,
  publishOutbox,
  sweepHolds,
} from '@turnpike/platform/queue/job-catalogue';
import { createJobQueue, type JobQueue } from '@turnpike/platform/queue/job-queue';
import {
  closeConnection,
  createBackgroundConnection,
  createQueueConnection,
  waitUntilReady,
  type RedisConnection,
} from '@turnpike/platform/redis/redis-client';
import { oneOfLabels } from '@turnpike/platform/telemetry/label-values';
import { durationBuckets, type Telemetry } from '@turnpike/platform/telemetry/telemetry';

import type { WorkerConfig } from './config.ts';
import { runEnsurePartitions } from './jobs/ensure-partitions.ts';
import { runPostLedger } from './jobs/post-ledger.ts';
import { runPruneRecords } from './jobs/prune-records.ts';
import { runPublishOutbox } from './jobs/publish-outbox.ts';
import { runSweepHolds } from './jobs/sweep-holds.ts';
import { scheduleJobs } from './schedules.ts';

/** What a worker process works with. */
export interface WorkerParts {
  readonly database: WorkerDatabase;
  readonly redis: RedisConnection;
  readonly queueConnection: RedisConnection;
  readonly queue: JobQueue;
  readonly consumer: JobConsumer;
}

export const WORKER_PARTS = Symbol('worker parts');

const startTimeoutMs = 10_000;
const clock = { nowMs: () => Date.now() };
/** Jobs are short; one that takes longer is repeated by another worker. */
const drainMs = 20_000;

/** The jobs, tied to the life of the Nest application: closing it lets running jobs end. */
@Module({})
export class WorkerModule implements OnApplicationShutdown {
  readonly #parts: WorkerParts;

  constructor(@Inject(WORKER_PARTS) parts: WorkerParts) {
    this.#parts = parts;
  }

  static register(config: WorkerConfig, logger: Logger, telemetry: Telemetry): DynamicModule {
    return {
      module: WorkerModule,
      providers: [{ provide: WORKER_PARTS, useFactory: () => openParts(config, logger, telemetry) }],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    const { consumer, queue, queueConnection, redis, database } = this.#parts;
    await consumer.close(drainMs);
    await queue.close();
    await Promise.all([closeConnection(queueConnection), closeConnection(redis), database.close()]);
  }
}

/** Connects, schedules and begins to work. Throws when Postgres or Redis cannot be used, or Redis may evict keys. */
async function openParts(config: WorkerConfig, logger: Logger, telemetry: Telemetry): Promise<WorkerParts> {
  const database = createWorkerDatabase({
    url: config.postgres.url.reveal(),
    poolSize: config.postgres.poolSize,
    applicationName: 'turnpike-worker',
  });
  const redis = createBackgroundConnection({ url: config.redis.url, name: 'worker', logger });
  const queueConnection = createQueueConnection({ url: config.redis.url, name: 'queue', logger });
  await waitUntilReady(redis, startTimeoutMs);
  await assertNoEviction(redis);
  await database.ping();
  const queue = createJobQueue(queueConnection, logger);
  const handlers = [
    handleJob(postLedger, (payload) => runPostLedger(payload, { database, redis, logger })),
    handleJob(ensurePartitions, (payload) => runEnsurePartitions(payload, { database, logger })),
    handleJob(sweepHolds, (payload) => runSweepHolds(payload, { redis, logger })),
    handleJob(publishOutbox, (payload) => runPublishOutbox(payload, { database, queue })),
    handleJob(pruneRecords, (payload) => runPruneRecords(payload, { database, clock, logger })),
  ];
  const jobs = oneOfLabels(...handlers.map(({ name }) => name));
  const outcomes = oneOfLabels('done', 'failed');
  const runs = telemetry.counter({
    name: 'job_runs_total',
    help: 'Jobs that were run, by how they ended.',
    labels: { job: jobs, outcome: outcomes },
  });
  const durations = telemetry.histogram({
    name: 'job_duration_seconds',
    help: 'How long jobs take.',
    labels: { job: jobs },
    buckets: durationBuckets,
  });
  const consumer = consumeJobs({
    connection: queueConnection,
    logger,
    handlers,
    figures: {
      onRun({ job, outcome, durationMs }) {
        runs.add({ job, outcome });
        durations.observe({ job }, durationMs / 1_000);
      },
    },
  });
  await scheduleJobs(queue);
  return { database, redis, queueConnection, queue, consumer };
}
