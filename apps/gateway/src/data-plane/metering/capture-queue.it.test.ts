import { randomBytes } from 'node:crypto';
import { mintId, type OrganizationId, type RequestId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { Secret } from '@turnpike/platform/config/secret';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { hold, loadAccount, readAccount } from '@turnpike/platform/redis/hold-store';
import {
  closeConnection,
  createBackgroundConnection,
  type RedisConnection,
  waitUntilReady,
} from '@turnpike/platform/redis/redis-client';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CaptureQueue } from './capture-queue.ts';

let server: TestRedis;
let redis: RedisConnection;
let observer: RedisConnection;
let queue: CaptureQueue;
let organizationId: OrganizationId;
let settled: RequestId[];
let outcomes: string[];
let shippedUntilMs: number;

const connect = async (): Promise<RedisConnection> => {
  const url = new Secret(server.url);
  const connection = createBackgroundConnection({ url, name: 'test', logger: createSilentLogger() });
  await waitUntilReady(connection, 5_000);
  return connection;
};
const newRequestId = () => mintId<'request'>(Date.now(), randomBytes(10));

beforeAll(async () => {
  server = await createTestRedis();
  observer = await connect();
});
afterAll(async () => {
  await closeConnection(observer);
  await server.close();
});
beforeEach(async () => {
  redis = await connect();
  organizationId = mintId<'organization'>(Date.now(), randomBytes(10));
  settled = [];
  outcomes = [];
  shippedUntilMs = 0;
  queue = new CaptureQueue({
    redis,
    logger: createSilentLogger(),
    outcomes: { add: ({ outcome }) => void outcomes.push(outcome) },
    onSettled: (requestIds) => void settled.push(...requestIds),
    shippedUntilMs: () => shippedUntilMs,
    loadMs: 1_500,
  });
});
afterEach(async () => {
  queue.close();
  await closeConnection(redis);
});

const load = () =>
  loadAccount(observer, {
    organizationId,
    epoch: 1,
    postedNanoUsd: nanoUsd(1_000_000n),
    postedSequence: 0,
    unpostedNanoUsd: nanoUsd(0n),
    settledRequestIds: [],
  });

async function holdCalls(count: number): Promise<RequestId[]> {
  const requestIds = Array.from({ length: count }, newRequestId);
  const common = { organizationId, epoch: 1, ttlMs: 60_000, nanoUsd: nanoUsd(100n), tokens: 0, entries: [] };
  await Promise.all(requestIds.map((requestId) => hold(observer, { ...common, requestId })));
  return requestIds;
}

const captureOf = (requestId: RequestId, amount = 7n) => ({
  organizationId,
  requestId,
  nanoUsd: nanoUsd(amount),
  tokens: 0,
});

test('settles everything that was added, and says so', async () => {
  await load();
  const requestIds = await holdCalls(450);
  const [voided, captured] = [requestIds.slice(0, 50), requestIds.slice(50)];
  for (const requestId of captured) {
    queue.capture(captureOf(requestId));
  }
  for (const requestId of voided) {
    queue.void({ organizationId, requestId });
  }
  expect(queue.length).toBe(450);
  await queue.drain(5_000);
  expect(new Set(settled)).toStrictEqual(new Set(requestIds));
  expect(await readAccount(observer, organizationId)).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 2_800n });
});

test('keeps trying while Redis is away, and counts nothing twice when it is back', async () => {
  await load();
  const requestIds = await holdCalls(20);
  redis.disconnect();
  for (const requestId of requestIds) {
    queue.capture(captureOf(requestId));
  }
  await queue.drain(200);
  expect(settled).toStrictEqual([]);
  expect(queue.length).toBe(20);
  await redis.connect();
  await queue.drain(5_000);
  expect(settled).toHaveLength(20);
  expect(await readAccount(observer, organizationId)).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 140n });
});

test('counts a capture once that is added twice', async () => {
  await load();
  const requestId = newRequestId();
  queue.capture(captureOf(requestId));
  await queue.drain(5_000);
  queue.capture(captureOf(requestId));
  await queue.drain(5_000);
  expect(outcomes).toStrictEqual(['debited', 'duplicate']);
  expect(await readAccount(observer, organizationId)).toMatchObject({ unpostedNanoUsd: 7n });
});

test('waits for an account that is not loaded, without holding up others', async () => {
  const requestId = newRequestId();
  queue.capture(captureOf(requestId));
  await queue.drain(100);
  expect(outcomes).toStrictEqual(['unknown']);
  const unknown = organizationId;
  organizationId = mintId<'organization'>(Date.now(), randomBytes(10));
  await load();
  const other = newRequestId();
  queue.capture(captureOf(other));
  await expect.poll(() => settled).toStrictEqual([other]);

  organizationId = unknown;
  await load();
  await queue.drain(5_000);
  expect(settled).toStrictEqual([other, requestId]);
  expect(await readAccount(observer, organizationId)).toMatchObject({ unpostedNanoUsd: 7n });
});

test('gives a capture up only when its usage has been in Postgres for as long as figures may take to Redis', async () => {
  const requestId = newRequestId();
  const result = queue.captureAll([captureOf(requestId)]);
  await queue.drain(3_500);
  expect([settled, queue.length]).toStrictEqual([[], 1]);
  shippedUntilMs = performance.now();
  await queue.drain(5_000);
  expect([settled, await result]).toStrictEqual([[requestId], true]);
  expect(new Set(outcomes)).toStrictEqual(new Set(['unknown']));
});

test('says of captures that it could not settle that they are not', async () => {
  const result = queue.captureAll([captureOf(newRequestId()), captureOf(newRequestId())]);
  await queue.drain(100);
  queue.close();
  expect([await result, await queue.captureAll([])]).toStrictEqual([false, false]);
});
