import { randomBytes } from 'node:crypto';
import { mintId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAttempt, makeTenant, type Tenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';

let databases: TestDatabases;
let tenant: Tenant;
const instanceId = newId<'instance'>();

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
  tenant = await makeTenant(databases.app);
});

afterAll(async () => {
  await databases.close();
});

async function countRows(requestId: string): Promise<number> {
  const { rows } = await databases.owner.query<{ rows: number }>(
    'SELECT count(*)::int AS rows FROM usage_attempt WHERE request_id = $1',
    [requestId],
  );
  return rows[0]?.rows ?? 0;
}

test('an attempt is read back exactly as it was metered', async () => {
  const attempt = makeAttempt(tenant, {
    call: { memberId: tenant.memberId, endUser: 'käufer-"7"\\{},NULL', isStream: false, mode: 'test' },
    attempt: { priceId: newId(), priceBookEntryId: newId(), modelSlug: undefined },
    outcome: {
      state: 'failed',
      firstContentMs: undefined,
      durationMs: 12.375,
      upstreamStatus: undefined,
      failureKind: 'connection',
      failureMessage: 'it\'s {broken}, "quoted"\n',
      finishReason: undefined,
      nativeFinishReason: undefined,
      isCancelled: true,
      isUnpriced: true,
      usageSource: 'estimated',
      usage: {
        inputTokens: 1,
        cacheReadTokens: 2,
        cacheWrite5mTokens: 3,
        cacheWrite1hTokens: 4,
        audioInputTokens: 5,
        outputTokens: 6,
        reasoningTokens: 7,
        audioOutputTokens: 8,
        webSearches: 9,
      },
      providerCostNanoUsd: nanoUsd(9_007_199_254_740_993n),
      chargeNanoUsd: nanoUsd(0n),
    },
  });
  expect(await databases.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows: [attempt] })).toBe(1);
  const { usage } = databases.app.forOrganization(tenant.organizationId);
  expect(await usage.attempts(attempt.call.requestId)).toEqual([attempt]);
});

test('a batch whose answer was lost is written once however often it is sent', async () => {
  const rows = [makeAttempt(tenant), makeAttempt(tenant)];
  const batch = { id: newId<'usageBatch'>(), instanceId, rows };
  const inserted = await Promise.all(Array.from({ length: 5 }, () => databases.meter.insertUsageBatch(batch)));
  expect(inserted.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(await countRows(rows[0]?.call.requestId ?? '')).toBe(1);
  const { rows: events } = await databases.owner.query(`SELECT 1 FROM outbox_event WHERE payload ->> 'batchId' = $1`, [
    batch.id,
  ]);
  expect(events).toHaveLength(1);
});

test('an attempt that is shipped again later, in another batch, stays one row and is charged once', async () => {
  const attempt = makeAttempt(tenant, { atMs: Date.now() - 1_000 });
  for (const _round of [1, 2]) {
    await databases.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows: [attempt] });
    await databases.worker.postUsage(100);
  }
  expect(await countRows(attempt.call.requestId)).toBe(1);
});

test('the month of a row is that of its request, not of the moment of writing', async () => {
  const lastMonth = new Date();
  lastMonth.setUTCDate(0);
  const attempt = makeAttempt(tenant, { atMs: lastMonth.getTime() });
  await databases.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows: [attempt] });
  const { rows } = await databases.owner.query<{ started_at: Date; partition: string }>(
    'SELECT started_at, tableoid::regclass::text AS partition FROM usage_attempt WHERE request_id = $1',
    [attempt.call.requestId],
  );
  expect(rows[0]?.started_at.getTime()).toBe(lastMonth.getTime());
  expect(rows[0]?.partition).toContain(`usage_attempt_${lastMonth.toISOString().slice(0, 7).replace('-', '_')}`);
  await expect(
    databases.owner.query(
      `INSERT INTO usage_attempt SELECT (jsonb_populate_record(u, '{"started_at": "2026-01-01T00:00:00Z"}')).* FROM usage_attempt u WHERE request_id = $1`,
      [attempt.call.requestId],
    ),
  ).rejects.toThrow(/usage_attempt_started_at_check|no partition/);
});

test('a record of a month that nobody foresaw gets its partition, also when two gateways bring one at once', async () => {
  const atMs = Date.now() - 300 * 86_400_000;
  const inserted = await Promise.all(
    [1, 2].map(() =>
      databases.meter.insertUsageBatch({
        id: newId<'usageBatch'>(),
        instanceId,
        rows: [makeAttempt(tenant, { atMs }), makeAttempt(tenant)],
      }),
    ),
  );
  expect(inserted).toEqual([2, 2]);
  await expect(
    databases.meter.insertUsageRow(instanceId, makeAttempt(tenant, { atMs: Date.UTC(2199, 0, 1) })),
  ).rejects.toThrow('too far from now');
});

test('one bad row refuses its batch as a whole; row by row the others pass, and the bad one becomes a dead letter', async () => {
  const good = makeAttempt(tenant);
  const bad = makeAttempt(tenant, { call: { endUser: 'nul \0 inside' } });
  await expect(
    databases.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows: [good, bad] }),
  ).rejects.toThrow('invalid byte sequence');
  expect(await countRows(good.call.requestId)).toBe(0);
  expect(await databases.meter.insertUsageRow(instanceId, good)).toBe(1);
  await expect(databases.meter.insertUsageRow(instanceId, bad)).rejects.toThrow('invalid byte sequence');
  const raw = Buffer.from([0, 255, 254]);
  await databases.meter.insertDeadLetter(instanceId, raw, 'invalid byte \0');
  const { rows } = await databases.owner.query<{ raw: Buffer; reason: string }>('SELECT raw, reason FROM dead_letter');
  expect(rows).toEqual([{ raw, reason: 'invalid byte \uFFFD' }]);
});

test.each([
  ['a negative count', 'usage_attempt_not_negative_check', { usage: { ...makeUsage(), inputTokens: -1 } }],
  ['a negative charge', 'usage_attempt_not_negative_check', { chargeNanoUsd: nanoUsd(-1n) }],
  ['a count beyond 31 bits', 'out of range', { usage: { ...makeUsage(), outputTokens: 2 ** 31 } }],
])('%s is refused', async (_name, message, outcome) => {
  await expect(databases.meter.insertUsageRow(instanceId, makeAttempt(tenant, { outcome }))).rejects.toThrow(message);
});

test('a batch id that is used for other rows is refused, and the rows are not lost silently', async () => {
  const id = newId<'usageBatch'>();
  await databases.meter.insertUsageBatch({ id, instanceId, rows: [makeAttempt(tenant)] });
  await expect(databases.meter.insertUsageBatch({ id, instanceId, rows: [makeAttempt(tenant)] })).rejects.toThrow(
    'exists with other rows',
  );
});

test('an empty batch writes nothing', async () => {
  expect(await databases.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows: [] })).toBe(0);
});

test('500 rows are one statement', async () => {
  const rows = Array.from({ length: 500 }, () => makeAttempt(tenant));
  expect(await databases.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows })).toBe(500);
});

test('an instance lives by its heartbeat and ends in order', async () => {
  const id = mintId<'instance'>(Date.now(), randomBytes(10));
  const facts = { id, hostname: 'host-1', processId: 42, version: '0.1.0' };
  expect(await databases.meter.heartbeat(id)).toBe(false);
  await databases.meter.registerInstance(facts);
  await databases.meter.stopInstance(id);
  await databases.meter.registerInstance({ ...facts, processId: 43 });
  expect(await databases.meter.heartbeat(id)).toBe(true);
  const { rows } = await databases.owner.query('SELECT process_id, stopped_at FROM gateway_instance WHERE id = $1', [
    id,
  ]);
  expect(rows).toEqual([{ process_id: 43, stopped_at: null }]);
  await databases.meter.ping();
});

function makeUsage() {
  return {
    inputTokens: 1,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    audioInputTokens: 0,
    outputTokens: 1,
    reasoningTokens: 0,
    audioOutputTokens: 0,
    webSearches: 0,
  };
}
