import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintId, type OrganizationId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createMeterDatabase, type MeterDatabase } from '@turnpike/db/meter';
import { Secret } from '@turnpike/platform/config/secret';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { hold, loadAccount, readAccount } from '@turnpike/platform/redis/hold-store';
import {
  closeConnection,
  createBackgroundConnection,
  type RedisConnection,
  waitUntilReady,
} from '@turnpike/platform/redis/redis-client';
import { createTelemetry } from '@turnpike/platform/telemetry/telemetry';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OwnerPool, openOwnerPool } from '../../testing/owner-pool.ts';
import { makeAttempt, makeCall, makeUsageAttempt } from './fixtures/usage-attempts.ts';
import { type Metering, openMetering } from './open-metering.ts';

let testDatabase: TestDatabase;
let server: TestRedis;
let owner: OwnerPool;
let redis: RedisConnection;
let database: MeterDatabase;
let root: string;
let organizationId: OrganizationId;
const open = new Set<Metering>();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  server = await createTestRedis();
  owner = openOwnerPool(testDatabase.ownerUrl);
  database = createMeterDatabase({ url: testDatabase.urls.meter, poolSize: 2, applicationName: 'test' });
  redis = createBackgroundConnection({ url: new Secret(server.url), name: 'test', logger: createSilentLogger() });
  await waitUntilReady(redis, 5_000);
});
afterAll(async () => {
  await database.close();
  await closeConnection(redis);
  await server.close();
  await owner.end();
  await testDatabase.drop();
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'metering-'));
  organizationId = mintId<'organization'>(Date.now(), randomBytes(10));
});
afterEach(async () => {
  await Promise.all([...open].map((metering) => metering.close()));
  open.clear();
  rmSync(root, { recursive: true, force: true });
});

async function start(overrides: Partial<MeterDatabase> = {}): Promise<Metering> {
  const metering = await openMetering({
    instance: { id: mintId<'instance'>(Date.now(), randomBytes(10)), hostname: 'test', processId: 1, version: '0' },
    spool: { directory: root, maxBytes: 1_073_741_824 },
    redisUrl: new Secret(server.url),
    database: { ...database, ...overrides },
    logger: createSilentLogger(),
    telemetry: createTelemetry({ labels: {}, hasProcessMetrics: false }),
  });
  open.add(metering);
  return metering;
}

async function stop(metering: Metering): Promise<void> {
  open.delete(metering);
  await metering.close();
}

const load = () =>
  loadAccount(redis, {
    organizationId,
    epoch: 1,
    postedNanoUsd: nanoUsd(1_000_000n),
    postedSequence: 0,
    unpostedNanoUsd: nanoUsd(0n),
    settledRequestIds: [],
  });

const account = () => readAccount(redis, organizationId);

async function beginCall({ meter }: Metering, facts: Parameters<typeof makeCall>[1] = {}) {
  const call = makeCall(organizationId, facts);
  const { requestId } = call;
  await hold(redis, {
    organizationId,
    requestId,
    epoch: 1,
    ttlMs: 60_000,
    nanoUsd: nanoUsd(500n),
    tokens: 0,
    entries: [],
  });
  meter.begin(call, { amountNanoUsd: nanoUsd(500n), deadlineMs: Date.now() + 60_000 });
  const attempt = makeAttempt();
  meter.attempt(call, attempt);
  return { call, attempt, capture: { requestId, organizationId, chargeNanoUsd: nanoUsd(70n), tokens: 15 } };
}

async function runCall(metering: Metering, facts: Parameters<typeof makeCall>[1] = {}) {
  const { call, attempt, capture } = await beginCall(metering, facts);
  await metering.meter.end(makeUsageAttempt(call, attempt, 70n), { isLast: true });
  metering.meter.captureLater(capture);
  return call.requestId;
}

const rowsOf = () =>
  owner.query(
    `SELECT request_id, state, charge_nano_usd::int AS charge FROM usage_attempt WHERE organization_id = $1 ORDER BY 1`,
    [organizationId],
  );

describe('metering', () => {
  test('brings a call to Postgres, settles its hold, and wakes whoever posts the ledger', async () => {
    await load();
    const metering = await start();
    const requestId = await runCall(metering);
    await expect.poll(rowsOf).toEqual([{ request_id: requestId, state: 'settled', charge: 70 }]);
    await expect.poll(account).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 70n });
    await expect.poll(() => redis.exists('{bull}:money:meta')).toBe(1);
    expect(metering.meter.openCalls).toBe(0);
  });

  test('records an end once that is told several times', async () => {
    await load();
    const metering = await start();
    const { call, attempt, capture } = await beginCall(metering);
    const ended = makeUsageAttempt(call, attempt, 70n);
    await Promise.all([metering.meter.end(ended, { isLast: true }), metering.meter.end(ended, { isLast: true })]);
    metering.meter.captureLater(capture);
    metering.meter.captureLater(capture);
    await expect.poll(account).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 70n });
    await metering.meter.end(ended, { isLast: true });
    await stop(metering);
    expect(await rowsOf()).toHaveLength(1);
    expect(await account()).toMatchObject({ unpostedNanoUsd: 70n });
  });

  test('books an attempt as our loss whose call was over without telling its end', async () => {
    await load();
    const metering = await start();
    const { call, capture } = await beginCall(metering);
    metering.meter.captureLater({ ...capture, chargeNanoUsd: nanoUsd(0n) });
    await expect.poll(rowsOf).toEqual([{ request_id: call.requestId, state: 'orphaned', charge: 0 }]);
    await expect.poll(account).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 0n });
  });

  test('releases the hold of a call that reached no provider', async () => {
    await load();
    const metering = await start();
    const call = makeCall(organizationId);
    const amount = { nanoUsd: nanoUsd(500n), tokens: 0, entries: [], epoch: 1, ttlMs: 60_000 };
    await hold(redis, { organizationId, requestId: call.requestId, ...amount });
    metering.meter.voidLater(call);
    await expect.poll(account).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 0n });
  });

  test('leaves nothing behind when it closes, not even for calls that ended in the same moment', async () => {
    await load();
    const metering = await start();
    await Promise.all(Array.from({ length: 40 }, () => runCall(metering)));
    await stop(metering);
    expect(readdirSync(root)).toEqual([]);
    expect(await rowsOf()).toHaveLength(40);
    expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 2_800n });
  });
});

describe('a poisoned record', () => {
  test('goes to the dead letters alone, with the reason', async () => {
    await load();
    const metering = await start();
    const good = await Promise.all(Array.from({ length: 20 }, () => runCall(metering)));
    const bad = await runCall(metering, { endUser: 'nul \u0000 inside' });
    const late = await Promise.all(Array.from({ length: 20 }, () => runCall(metering)));
    await stop(metering);
    const rows = await rowsOf();
    expect(new Set(rows.map((row) => row['request_id']))).toEqual(new Set([...good, ...late]));
    const letters = await owner.query(`SELECT convert_from(raw, 'UTF8') AS raw, reason FROM dead_letter`);
    expect(letters).toEqual([
      { raw: expect.stringContaining(bad), reason: expect.stringMatching(/null character|0x00|escape/i) },
    ]);
    await owner.query('TRUNCATE dead_letter');
  });
});

describe('Postgres', () => {
  test('may be away: usage waits in the spool and arrives once', async () => {
    await load();
    let isAway = true;
    const metering = await start({
      insertUsageBatch: (batch) =>
        isAway ? Promise.reject(new Error('connect ECONNREFUSED')) : database.insertUsageBatch(batch),
    });
    await Promise.all(Array.from({ length: 10 }, () => runCall(metering)));
    await expect.poll(account).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 700n });
    expect(await rowsOf()).toEqual([]);
    expect(metering.meter.isWritable).toBe(true);
    isAway = false;
    await expect.poll(async () => (await rowsOf()).length, { timeout: 10_000 }).toBe(10);
  });

  test('may take a batch and lose the answer: nothing is written twice', async () => {
    await load();
    let lost = 0;
    const batchIds: string[] = [];
    const metering = await start({
      async insertUsageBatch(batch) {
        batchIds.push(batch.id);
        const added = await database.insertUsageBatch(batch);
        lost += 1;
        if (lost <= 2) {
          throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
        }
        return added;
      },
    });
    await Promise.all(Array.from({ length: 10 }, () => runCall(metering)));
    await expect.poll(() => lost, { timeout: 10_000 }).toBeGreaterThan(2);
    await stop(metering);
    expect(await rowsOf()).toHaveLength(10);
    expect(new Set(batchIds.slice(0, 3)).size).toBe(1);
    const batches = await owner.query('SELECT row_count FROM usage_batch WHERE id = $1', [batchIds[0]]);
    expect(batches).toHaveLength(1);
  });

  test('may be away when the gateway ends: the next one adopts what is left', async () => {
    await load();
    const metering = await start({ insertUsageBatch: () => Promise.reject(new Error('connect ECONNREFUSED')) });
    const requestId = await runCall(metering);
    await stop(metering);
    expect(readdirSync(root)).toHaveLength(1);
    await start();
    await expect.poll(rowsOf, { timeout: 10_000 }).toEqual([{ request_id: requestId, state: 'settled', charge: 70 }]);
    await expect.poll(() => readdirSync(root).length, { timeout: 10_000 }).toBe(1);
    expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 70n });
  }, 40_000);
});
