import { setTimeout as sleep } from 'node:timers/promises';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../config/secret.ts';
import { createSilentLogger } from '../log/logger.ts';
import { closeConnection, createQueueConnection, type RedisConnection } from '../redis/redis-client.ts';
import { assertNoEviction } from './assert-queue-redis.ts';
import { type ConsumeJobsOptions, consumeJobs, handleJob, type JobConsumer } from './consume-jobs.ts';
import { ensurePartitions, type JobDefinition, postLedger } from './job-catalogue.ts';
import { createJobQueue, type JobQueue } from './job-queue.ts';

const payload = z.object({ entityId: z.string() });
const countVisits: JobDefinition<z.output<typeof payload>> = {
  name: 'count-visits',
  queue: 'money',
  payload,
  attempts: 3,
  backoffMs: 20,
  idempotencyKey: ({ entityId }) => entityId,
  debounceMs: 50,
};

let server: TestRedis;
let connection: RedisConnection;
let queue: JobQueue;
const consumers: JobConsumer[] = [];

beforeEach(async () => {
  server = await createTestRedis();
  connection = createQueueConnection({ url: new Secret(server.url), name: 'queue', logger: createSilentLogger() });
  queue = createJobQueue(connection, createSilentLogger());
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.close(5_000)));
  await queue.close();
  await closeConnection(connection);
  await server.close();
});

function consume(handlers: ConsumeJobsOptions['handlers'], figures?: ConsumeJobsOptions['figures']): void {
  consumers.push(
    consumeJobs({ connection, logger: createSilentLogger(), handlers, ...(figures === undefined ? {} : { figures }) }),
  );
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await sleep(10);
  }
}

describe('queues', () => {
  test('run a job once although it was added many times while it waited', async () => {
    const seen: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      await queue.enqueue(countVisits, { entityId: 'a' });
    }
    await queue.enqueue(countVisits, { entityId: 'b' });
    expect(await queue.backlog('money')).toBe(2);
    consume([handleJob(countVisits, async ({ entityId }) => void seen.push(entityId))]);
    await waitUntil(() => seen.length >= 2);
    await sleep(150);
    expect(seen.toSorted()).toStrictEqual(['a', 'b']);
  });

  test('run a job again when it was added while it ran: a wake-up is not lost', async () => {
    let runs = 0;
    const { promise: isFirstRunning, resolve: firstRuns } = Promise.withResolvers<void>();
    const { promise: mayEnd, resolve: endFirst } = Promise.withResolvers<void>();
    consume([
      handleJob(countVisits, async () => {
        runs += 1;
        firstRuns();
        await mayEnd;
      }),
    ]);
    await queue.enqueue(countVisits, { entityId: 'a' });
    await isFirstRunning;
    await queue.enqueue(countVisits, { entityId: 'a' });
    await queue.enqueue(countVisits, { entityId: 'a' });
    await sleep(150);
    expect(runs).toBe(1);
    endFirst();
    await waitUntil(() => runs === 2);
    await sleep(150);
    expect(runs).toBe(2);
  });

  test('try a failed job again, and report each run', async () => {
    const runs: string[] = [];
    let left = 2;
    consume(
      [
        handleJob(countVisits, async () => {
          left -= 1;
          if (left >= 0) {
            throw new Error('not yet');
          }
        }),
      ],
      { onRun: ({ outcome }) => void runs.push(outcome) },
    );
    await queue.enqueue(countVisits, { entityId: 'a' });
    await waitUntil(() => runs.length === 3);
    expect(runs).toStrictEqual(['failed', 'failed', 'done']);
  });

  test('give up at once on a payload that does not fit, and refuse to add one', async () => {
    const runs: string[] = [];
    const loose: JobDefinition<object> = { ...countVisits, payload: z.looseObject({}), idempotencyKey: () => 'x' };
    await queue.enqueue(loose, { entityId: 7 });
    consume([handleJob(countVisits, async () => void runs.push('handled'))], {
      onRun: ({ outcome }) => void runs.push(outcome),
    });
    await waitUntil(() => runs.length > 0);
    await sleep(150);
    expect(runs).toStrictEqual(['failed']);
    const wrong: { entityId: string } = JSON.parse('{"entityId": 7}');
    await expect(queue.enqueue(countVisits, wrong)).rejects.toThrow('entityId');
  });

  test('run a scheduled job every so often, once for all that schedule it', async () => {
    let runs = 0;
    await Promise.all([queue.scheduleEvery(ensurePartitions, {}, 200), queue.scheduleEvery(ensurePartitions, {}, 200)]);
    consume([handleJob(ensurePartitions, async () => void (runs += 1))]);
    await sleep(1_100);
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(runs).toBeLessThanOrEqual(7);
  });

  test('keep all their keys under one hash tag', async () => {
    await queue.enqueue(postLedger, {});
    const keys = await connection.keys('*');
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.every((key) => key.startsWith('{bull}:'))).toBe(true);
  });

  test('close without waiting for a job that does not end', async () => {
    const { promise: isRunning, resolve } = Promise.withResolvers<void>();
    consume([
      handleJob(countVisits, () => {
        resolve();
        return sleep(10_000, undefined, { ref: false });
      }),
    ]);
    await queue.enqueue(countVisits, { entityId: 'a' });
    await isRunning;
    const startedAt = performance.now();
    await Promise.all(consumers.splice(0).map((consumer) => consumer.close(100)));
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});

describe('assertNoEviction', () => {
  test('refuses a Redis that may evict, by naming the setting', async () => {
    await expect(assertNoEviction(connection)).resolves.toBeUndefined();
    // The server is shared by test files: the policy is changed for one command and set back in the same transaction.
    const raw = new Redis(server.url);
    const results = await raw
      .multi()
      .config('SET', 'maxmemory-policy', 'allkeys-lru')
      .info('memory')
      .config('SET', 'maxmemory-policy', 'noeviction')
      .exec();
    raw.disconnect();
    const info = String(results?.[1]?.[1]);
    await expect(assertNoEviction({ info: async () => info })).rejects.toThrow('allkeys-lru; set it to noeviction');
  });
});
