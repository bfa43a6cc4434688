import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mintId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createMeterDatabase } from '@turnpike/db/meter';
import { Secret } from '@turnpike/platform/config/secret';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { bucketOf, tagOfBucket } from '@turnpike/platform/redis/bucket';
import { loadAccount, readAccount, sweepBucket } from '@turnpike/platform/redis/hold-store';
import {
  closeConnection,
  createBackgroundConnection,
  type RedisConnection,
  waitUntilReady,
} from '@turnpike/platform/redis/redis-client';
import { createTelemetry } from '@turnpike/platform/telemetry/telemetry';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type OwnerPool, openOwnerPool } from '../../testing/owner-pool.ts';
import { openMetering } from './open-metering.ts';

let database: TestDatabase;
let server: TestRedis;
let redis: RedisConnection;
let owner: OwnerPool;
let root: string;
const children: ChildProcess[] = [];
/** Longer than any call of the test. */
const holdTtlMs = 5_000;
const organizationId = mintId<'organization'>(Date.now(), randomBytes(10));

beforeEach(async () => {
  database = await createTestDatabase();
  server = await createTestRedis();
  owner = openOwnerPool(database.ownerUrl);
  redis = createBackgroundConnection({ url: new Secret(server.url), name: 'test', logger: createSilentLogger() });
  await waitUntilReady(redis, 5_000);
  root = mkdtempSync(join(tmpdir(), 'metering-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
  await closeConnection(redis);
  await server.close();
  await owner.end();
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

/** What providers saw, and what was said to be durable: `request attempt` and its charge. */
interface Truth {
  readonly sent: Set<string>;
  readonly durable: Map<string, bigint>;
}

async function runUntilKilled(truth: Truth, afterMs: number): Promise<void> {
  const program = new URL('./fixtures/metering-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=@turnpike/source', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const ended = new Promise<void>((resolve) => child.stdout.once('close', () => resolve()));
  const { promise: isRunning, resolve: runs } = Promise.withResolvers<void>();
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [kind, requestId, attempt, charge] = line.split(' ');
      runs();
      if (kind === 's') {
        truth.sent.add(`${requestId} ${attempt}`);
      } else {
        truth.durable.set(`${requestId} ${attempt}`, BigInt(charge ?? 0));
      }
    }
  });
  child.stdin.end(
    JSON.stringify({
      redisUrl: server.url,
      databaseUrl: database.urls.meter,
      spoolDirectory: root,
      organizationId,
      parallel: 16,
      holdTtlMs,
    }),
  );
  await Promise.race([isRunning, ended]);
  await sleep(afterMs);
  child.kill('SIGKILL');
  await ended;
}

/** What a gateway does that starts after the last crash. */
async function recover(): Promise<void> {
  const meterDatabase = createMeterDatabase({ url: database.urls.meter, poolSize: 2, applicationName: 'test' });
  const metering = await openMetering({
    instance: { id: mintId<'instance'>(Date.now(), randomBytes(10)), hostname: 'test', processId: 1, version: '0' },
    spool: { directory: root, maxBytes: 1_073_741_824 },
    redisUrl: new Secret(server.url),
    database: meterDatabase,
    logger: createSilentLogger(),
    telemetry: createTelemetry({ labels: {}, hasProcessMetrics: false }),
  });
  await expect.poll(() => readdirSync(root).length, { timeout: 15_000 }).toBe(1);
  await metering.close();
  await meterDatabase.close();
}

const rowSchema = z.object({
  request_id: z.string(),
  attempt: z.int(),
  state: z.string(),
  charge_nano_usd: z.string().transform(BigInt),
});

test('loses no attempt and counts none twice, however often the gateway is killed', async () => {
  await loadAccount(redis, {
    organizationId,
    epoch: 1,
    postedNanoUsd: nanoUsd(1_000_000_000_000n),
    postedSequence: 0,
    unpostedNanoUsd: nanoUsd(0n),
    settledRequestIds: [],
  });
  const truth: Truth = { sent: new Set(), durable: new Map() };
  for (let round = 0; round < 6; round += 1) {
    await runUntilKilled(truth, randomInt(50, 700));
  }
  await recover();

  expect(truth.sent.size).toBeGreaterThan(100);
  const rows = z
    .array(rowSchema)
    .parse(await owner.query('SELECT request_id, attempt, state, charge_nano_usd::text FROM usage_attempt'));
  const byAttempt = new Map(rows.map((row) => [`${row.request_id} ${row.attempt}`, row]));
  expect(byAttempt.size).toBe(rows.length);

  // Every attempt that a provider saw has its row; every end that was durable has its charge.
  expect([...truth.sent].filter((attempt) => !byAttempt.has(attempt))).toStrictEqual([]);
  for (const [attempt, charge] of truth.durable) {
    expect(byAttempt.get(attempt)).toMatchObject({
      charge_nano_usd: charge,
      state: expect.not.stringMatching('orphaned'),
    });
  }
  // What no provider saw, and what has no end, costs nothing.
  for (const [attempt, { state, charge_nano_usd: charge }] of byAttempt) {
    expect(state === 'orphaned' ? charge : 0n).toBe(0n);
    expect(truth.sent.has(attempt) || charge === 0n).toBe(true);
  }

  // Holds whose answer the killed process never got have nobody but the sweeper.
  await sleep(holdTtlMs);
  await sweepBucket(redis, bucketOf(organizationId));
  // Redis agrees to the nano-dollar, and holds nothing: no money and no lease.
  const spent = rows.reduce((sum, { charge_nano_usd: charge }) => sum + charge, 0n);
  const account = await readAccount(redis, organizationId);
  expect(account).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: spent });
  expect(await redis.zcard(`${tagOfBucket(bucketOf(organizationId))}:l:key:key:concurrency:0`)).toBe(0);
  expect(await owner.query('SELECT 1 FROM dead_letter')).toStrictEqual([]);
  expect(readdirSync(root)).toStrictEqual([]);
}, 90_000);
