import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InstanceId, mintId, type OrganizationId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createMeterDatabase, type MeterDatabase } from '@turnpike/db/meter';
import { Secret } from '@turnpike/platform/config/secret';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { bucketOf } from '@turnpike/platform/redis/bucket';
import { capture, hold, loadAccount, readAccount } from '@turnpike/platform/redis/hold-store';
import type { Capture } from '@turnpike/platform/redis/hold-types';
import {
  closeConnection,
  createBackgroundConnection,
  type RedisConnection,
  waitUntilReady,
} from '@turnpike/platform/redis/redis-client';
import { Spool } from '@turnpike/platform/spool/spool';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OwnerPool, openOwnerPool } from '../../testing/owner-pool.ts';
import { adoptDeadInstances, type Adoption } from './adopt-dead-instances.ts';
import { CaptureQueue } from './capture-queue.ts';
import { makeAttempt, makeCall, makeUsageAttempt } from './fixtures/usage-attempts.ts';
import { createMeter, type OpenMeter } from './meter.ts';
import { createRecentRecords } from './recent-records.ts';

let testDatabase: TestDatabase;
let server: TestRedis;
let owner: OwnerPool;
let redis: RedisConnection;
let database: MeterDatabase;
let root: string;
let organizationId: OrganizationId;

const logger = createSilentLogger();
const connect = () => createBackgroundConnection({ url: new Secret(server.url), name: 'test', logger });
const newInstanceId = (): InstanceId => mintId<'instance'>(Date.now(), randomBytes(10));

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  server = await createTestRedis();
  owner = openOwnerPool(testDatabase.ownerUrl);
  database = createMeterDatabase({ url: testDatabase.urls.meter, poolSize: 2, applicationName: 'test' });
  redis = connect();
  await waitUntilReady(redis, 5_000);
});
afterAll(async () => {
  await database.close();
  await closeConnection(redis);
  await server.close();
  await owner.end();
  await testDatabase.drop();
});
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'adopt-'));
  organizationId = mintId<'organization'>(Date.now(), randomBytes(10));
  await load();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const load = () =>
  loadAccount(redis, {
    organizationId,
    epoch: 1,
    postedNanoUsd: nanoUsd(1_000_000n),
    postedSequence: 0,
    unpostedNanoUsd: nanoUsd(0n),
    settledRequestIds: [],
  });

/** Redis loses everything: the account, its holds and its tombstones. */
const forgetAccount = async () => redis.del(...(await redis.keys(`{b${bucketOf(organizationId)}}:*`)));

/** Lives the life of an instance that dies before it ships or settles anything. */
async function liveAndDie(live: (meter: OpenMeter, captures: Capture[]) => Promise<void>): Promise<void> {
  const captures: Capture[] = [];
  const spool: Spool = await Spool.open({
    root,
    instanceId: newInstanceId(),
    maxBytes: 1_073_741_824,
    carryOver: () => meter.openRecords(),
    logger,
  });
  const meter: OpenMeter = createMeter({
    records: createRecentRecords(),
    spool,
    captures: { capture: (item) => void captures.push(item), void: () => {} },
    logger,
    nowMs: () => Date.now(),
  });
  await live(meter, captures);
  await spool.close({ isShipped: false });
}

async function startCall(meter: OpenMeter, tries = 1) {
  const call = makeCall(organizationId);
  const { requestId } = call;
  const amount = nanoUsd(500n);
  await hold(redis, { organizationId, requestId, epoch: 1, ttlMs: 60_000, nanoUsd: amount, tokens: 0, entries: [] });
  meter.begin(call, { amountNanoUsd: amount, deadlineMs: Date.now() + 60_000 });
  const attempts = Array.from({ length: tries }, (_, index) => makeAttempt(index + 1));
  for (const attempt of attempts) {
    meter.attempt(call, attempt);
  }
  return { call, attempts };
}

/** A queue whose instance has shipped everything of its own; figures take a moment from Postgres to Redis. */
function openCaptures(connection = redis): CaptureQueue {
  return new CaptureQueue({
    redis: connection,
    logger,
    outcomes: { add: () => {} },
    onSettled: () => {},
    shippedUntilMs: () => performance.now(),
    loadMs: 2_500,
  });
}

/** Ships what dead instances left; their holds are settled in the background. */
function startAdopting(captures: CaptureQueue): Promise<readonly Adoption[]> {
  return adoptDeadInstances({
    database,
    instanceId: newInstanceId(),
    logger,
    spoolRoot: root,
    captures,
    nowMs: () => Date.now(),
    onShipped: () => {},
  });
}

async function adopt(): Promise<readonly Adoption[]> {
  const captures = openCaptures();
  const adoptions = await startAdopting(captures);
  expect(await Promise.all(adoptions.map(({ finished }) => finished))).toEqual(adoptions.map(() => true));
  captures.close();
  return adoptions;
}

async function dieAfterOneCall(): Promise<void> {
  await liveAndDie(async (meter) => {
    const { call, attempts } = await startCall(meter);
    const [attempt] = attempts;
    if (attempt !== undefined) {
      await meter.end(makeUsageAttempt(call, attempt, 90n), { isLast: true });
    }
  });
}

const rowsOf = () =>
  owner.query(
    `SELECT request_id, attempt, state, charge_nano_usd::int AS charge FROM usage_attempt
      WHERE organization_id = $1 ORDER BY request_id, attempt`,
    [organizationId],
  );
const account = () => readAccount(redis, organizationId);

test('ships and settles what had ended', async () => {
  await liveAndDie(async (meter) => {
    const { call, attempts } = await startCall(meter, 2);
    const [first, second] = attempts.map((attempt) =>
      makeUsageAttempt(call, attempt, attempt.attempt === 2 ? 90n : 0n),
    );
    if (first !== undefined && second !== undefined) {
      await meter.end(first, { isLast: false });
      await meter.end(second, { isLast: true });
    }
  });
  expect(await account()).toMatchObject({ heldNanoUsd: 500n });
  expect(await adopt()).toMatchObject([{ shipped: 2, orphaned: 0, captured: 1 }]);
  expect(await rowsOf()).toMatchObject([{ charge: 0 }, { charge: 90 }]);
  expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 90n });
  expect(readdirSync(root)).toEqual([]);
});

test('records what had only begun as orphaned, free of charge, and releases its hold', async () => {
  let requestId = '';
  await liveAndDie(async (meter) => {
    const { call, attempts } = await startCall(meter, 2);
    requestId = call.requestId;
    const [first] = attempts;
    if (first !== undefined) {
      await meter.end(makeUsageAttempt(call, first, 0n, { state: 'failed' }), { isLast: false });
    }
  });
  expect(await adopt()).toMatchObject([{ shipped: 1, orphaned: 1, captured: 1 }]);
  expect(await rowsOf()).toEqual([
    { request_id: requestId, attempt: 1, state: 'failed', charge: 0 },
    { request_id: requestId, attempt: 2, state: 'orphaned', charge: 0 },
  ]);
  expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 0n });
});

test('does not settle again what the dead instance had settled, even when Redis has forgotten it', async () => {
  await liveAndDie(async (meter, captures) => {
    const { call, attempts } = await startCall(meter);
    const [attempt] = attempts;
    if (attempt !== undefined) {
      await meter.end(makeUsageAttempt(call, attempt, 90n), { isLast: true });
    }
    meter.captureLater({ requestId: call.requestId, organizationId, chargeNanoUsd: nanoUsd(90n), tokens: 0 });
    await capture(redis, bucketOf(organizationId), captures);
    meter.settled([call.requestId]);
  });
  await redis.del(...(await redis.keys(`{b${bucketOf(organizationId)}}:t:*`)));
  expect(await adopt()).toMatchObject([{ shipped: 1, orphaned: 0, captured: 0 }]);
  expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 90n });
});

test('gives the folder back when Redis is away, and finishes later without counting twice', async () => {
  await liveAndDie(async (meter) => {
    const { call, attempts } = await startCall(meter);
    const [attempt] = attempts;
    if (attempt !== undefined) {
      await meter.end(makeUsageAttempt(call, attempt, 90n), { isLast: true });
    }
    await startCall(meter);
  });
  const away = connect();
  away.disconnect();
  const captures = openCaptures(away);
  const [adoption] = await startAdopting(captures);
  expect(await rowsOf()).toHaveLength(2);
  captures.close();
  expect(await adoption?.finished).toBe(false);
  expect(readdirSync(root)).toHaveLength(1);
  expect(await adopt()).toMatchObject([{ captured: 2 }]);
  expect(await rowsOf()).toHaveLength(2);
  expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 90n });
  expect(readdirSync(root)).toEqual([]);
});

test('counts what a dead instance spent when the account is loaded with figures from before it was shipped', async () => {
  await dieAfterOneCall();
  await forgetAccount();
  const captures = openCaptures();
  const [adoption] = await startAdopting(captures);
  await captures.drain(200);
  expect(readdirSync(root)).toHaveLength(1);
  await load();
  expect(await adoption?.finished).toBe(true);
  expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 90n });
  expect(readdirSync(root)).toEqual([]);
  captures.close();
});

test('gives up an account that nobody loads once no figures from before can be on their way', async () => {
  await dieAfterOneCall();
  await forgetAccount();
  expect(await adopt()).toMatchObject([{ shipped: 1, captured: 1 }]);
  expect(readdirSync(root)).toEqual([]);
});

test('keeps what is open across the renewals of a journal', async () => {
  await liveAndDie(async (meter) => {
    await startCall(meter);
    for (let index = 0; index < 6_000; index += 1) {
      const call = makeCall(organizationId, { endUser: 'u'.repeat(200) });
      const attempt = makeAttempt();
      meter.begin(call, { amountNanoUsd: nanoUsd(0n), deadlineMs: 0 });
      meter.attempt(call, attempt);
      void meter.end(makeUsageAttempt(call, attempt, 0n), { isLast: true });
      if (index % 100 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      meter.settled([call.requestId]);
    }
  });
  expect(await adopt()).toMatchObject([{ shipped: 6_000, orphaned: 1, captured: 1 }]);
  expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 0n });
}, 30_000);
