import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { creditNanoUsd, openBooks, type Books } from '@turnpike/billing/fixtures/books';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { postLedger } from '@turnpike/platform/queue/job-catalogue';
import { createTelemetry } from '@turnpike/platform/telemetry/telemetry';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerConfig } from './config.ts';
import { createHealthServer } from './health-server.ts';
import { WORKER_PARTS, WorkerModule, type WorkerParts } from './worker.module.ts';

let database: TestDatabase;
let redis: TestRedis;
let books: Books;
let app: INestApplicationContext;
let parts: WorkerParts;
let healthUrl: string;
const logger = createSilentLogger();
const telemetry = createTelemetry({ labels: { service: 'worker', instance: 'test' }, hasProcessMetrics: false });

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  books = await openBooks({ database, redis });
  const config = workerConfig.parse({ DATABASE_URL: database.urls.worker, REDIS_URL: redis.url });
  app = await NestFactory.createApplicationContext(WorkerModule.register(config, logger, telemetry), { logger: false });
  parts = app.get<WorkerParts>(WORKER_PARTS);
  const server = createHealthServer(parts, telemetry);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  healthUrl = `http://127.0.0.1:${addressOf(server.address()).port}`;
  return () => server.close();
});

afterAll(async () => {
  await books.close();
});

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') {
    throw new TypeError('The server listens on no port.');
  }
  return address;
}

const postedOf = async (organizationId: Parameters<Books['worker']['accountState']>[0]): Promise<bigint | undefined> =>
  (await books.worker.accountState(organizationId))?.postedNanoUsd;

describe('a worker', () => {
  it('posts usage when a gateway wakes it', async () => {
    const customer = await books.customer();
    await books.spend(customer, [99n]);
    await parts.queue.enqueue(postLedger, {});
    await expect.poll(() => postedOf(customer.organizationId), { timeout: 4_000 }).toBe(creditNanoUsd - 99n);
  });

  it('finds usage whose wake-up was lost', async () => {
    const customer = await books.customer();
    await books.spend(customer, [5n]);
    await expect.poll(() => postedOf(customer.organizationId), { timeout: 12_000 }).toBe(creditNanoUsd - 5n);
  });

  it('says that it is alive and ready, and what it did', async () => {
    expect((await fetch(`${healthUrl}/health/live`)).status).toBe(200);
    const ready = await fetch(`${healthUrl}/health/ready?verbose`);
    expect([ready.status, await ready.json()]).toStrictEqual([200, { status: 'ok', postgres: 'ok', redis: 'ok' }]);
    const metrics = await (await fetch(`${healthUrl}/metrics`)).text();
    expect(metrics).toMatch(/turnpike_job_runs_total\{job="post-ledger",outcome="done"[^}]*\} [1-9]/);
    const unknown = await fetch(`${healthUrl}/`);
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'not_found' } }]);
  });

  it('ends what runs, closes its connections, and takes no more work', async () => {
    await app.close();
    await expect.poll(() => parts.redis.status).toBe('end');
    const ready = await fetch(`${healthUrl}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'unavailable' }]);
  });
});
