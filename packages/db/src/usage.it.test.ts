import { timeOfId } from '@turnpike/core/ids';
import { zeroUsage } from '@turnpike/core/inference/usage';
import type { UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { nanoUsd } from '@turnpike/core/money';
import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAttempt, makeTenant, newKey, type AttemptChoices, type Tenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';
import type { OrganizationRepositories } from './tenant.ts';

let databases: TestDatabases;
let tenant: Tenant;
let usage: OrganizationRepositories['usage'];
let calls: Record<'retried' | 'failed' | 'cancelled' | 'broken' | 'other', readonly UsageAttempt[]>;

/** Noon, so that no test crosses an hour or a day by accident. */
const noonMs = new Date(new Date().toISOString().slice(0, 10)).getTime() - 12 * 3_600_000;
const span = { fromMs: noonMs - 3_600_000, toMs: noonMs + 2 * 3_600_000 };

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
  tenant = await makeTenant(databases.app);
  usage = databases.app.forOrganization(tenant.organizationId).usage;
  const secondKey = await databases.app
    .forOrganization(tenant.organizationId)
    .apiKeys.create(newKey(tenant.projectId), tenant.by);
  const first = makeAttempt(tenant, failed({ atMs: noonMs }));
  calls = {
    // The first endpoint refuses, the second answers.
    retried: [
      first,
      makeAttempt(tenant, {
        atMs: noonMs + 500,
        call: { requestId: first.call.requestId },
        attempt: { attempt: 2, providerId: 'openai', modelSlug: 'openai/gpt-6-sol' },
        outcome: { chargeNanoUsd: nanoUsd(4_000n), firstContentMs: 40 },
      }),
    ],
    failed: [makeAttempt(tenant, failed({ atMs: noonMs + 60_000 }))],
    cancelled: [makeAttempt(tenant, { atMs: noonMs + 120_000, outcome: { isCancelled: true } })],
    // An answer that broke after it began: it is charged, and it is an error.
    broken: [makeAttempt(tenant, { atMs: noonMs + 180_000, outcome: { failureKind: 'connection' } })],
    other: [
      makeAttempt(tenant, {
        atMs: noonMs + 3_600_000,
        call: { isStream: false, apiKeyId: secondKey?.key.id ?? tenant.apiKeyId, requestedModel: 'gpt-6-luna' },
        attempt: { modelSlug: 'openai/gpt-6-luna', providerId: 'openai' },
        outcome: { chargeNanoUsd: nanoUsd(9_000n), endedAtMs: noonMs + 3_600_000 + 5_001 },
      }),
    ],
  };
  await databases.meter.insertUsageBatch({
    id: newId<'usageBatch'>(),
    instanceId: newId<'instance'>(),
    rows: Object.values(calls).flat(),
  });
});

afterAll(async () => {
  await databases.close();
});

function failed(choices: AttemptChoices): AttemptChoices {
  return {
    ...choices,
    outcome: {
      state: 'failed',
      failureKind: 'overloaded',
      upstreamStatus: 529,
      chargeNanoUsd: nanoUsd(0n),
      usage: { ...zeroUsage, inputTokens: 99 },
      firstContentMs: undefined,
    },
  };
}

const idOf = (name: keyof typeof calls) => calls[name][0]?.call.requestId;
const listed = async (filter: Parameters<typeof usage.listCalls>[0]) =>
  (await usage.listCalls(filter, { limit: 100 })).calls.map(
    ({ requestId }) => Object.entries(calls).find(([, [first]]) => first?.call.requestId === requestId)?.[0],
  );

test('the request log is one row per call, newest first, with its attempts in order', async () => {
  const { calls: page, next } = await usage.listCalls(span, { limit: 100 });
  expect(page.map(({ requestId, status, chargeNanoUsd }) => ({ requestId, status, chargeNanoUsd }))).toEqual([
    { requestId: idOf('other'), status: 'success', chargeNanoUsd: 9_000n },
    { requestId: idOf('broken'), status: 'error', chargeNanoUsd: 1_000n },
    { requestId: idOf('cancelled'), status: 'cancelled', chargeNanoUsd: 1_000n },
    { requestId: idOf('failed'), status: 'error', chargeNanoUsd: 0n },
    { requestId: idOf('retried'), status: 'success', chargeNanoUsd: 4_000n },
  ]);
  expect(next).toBeUndefined();
  const retried = page.at(-1);
  expect(retried?.attempts.map(({ attempt, outcome }) => [attempt.attempt, outcome.state])).toEqual([
    [1, 'failed'],
    [2, 'settled'],
  ]);
  // From the start of the first attempt to the end of the second.
  expect(retried?.durationMs).toBe(600);
  expect(retried?.attempts[0]?.outcome).not.toHaveProperty('providerCostNanoUsd');
});

test('pages join without a gap or a repetition', async () => {
  const seen = [];
  let before;
  do {
    const page: Awaited<ReturnType<typeof usage.listCalls>> = await usage.listCalls(span, {
      limit: 2,
      ...(before === undefined ? {} : { before }),
    });
    seen.push(...page.calls.map(({ requestId }) => requestId));
    before = page.next;
  } while (before !== undefined);
  expect(seen).toEqual([idOf('other'), idOf('broken'), idOf('cancelled'), idOf('failed'), idOf('retried')]);
});

test('filters keep whole calls', async () => {
  expect(await listed({ ...span, statuses: ['error'] })).toEqual(['broken', 'failed']);
  expect(await listed({ ...span, statuses: ['success', 'cancelled'] })).toEqual(['other', 'cancelled', 'retried']);
  expect(await listed({ ...span, providerId: 'openai' })).toEqual(['other', 'retried']);
  expect(await listed({ ...span, model: 'openai/gpt-6-sol' })).toEqual(['retried']);
  expect(await listed({ ...span, model: 'gpt-6-luna' })).toEqual(['other']);
  expect(await listed({ ...span, isStream: false })).toEqual(['other']);
  expect(await listed({ ...span, minDurationMs: 500 })).toEqual(['other', 'retried']);
  expect(await listed({ ...span, minChargeNanoUsd: nanoUsd(4_000n) })).toEqual(['other', 'retried']);
  expect(await listed({ ...span, apiKeyId: tenant.apiKeyId, statuses: ['success'] })).toEqual(['retried']);
  expect(await listed({ ...span, mode: 'test' })).toEqual([]);
  expect(await listed({ ...span, fromMs: noonMs + 60_000, toMs: noonMs + 120_000 })).toEqual(['failed']);
  const requestId = idOf('failed');
  expect(requestId && (await listed({ ...span, requestId }))).toEqual(['failed']);
});

test('one call is found by its id, within its own project only', async () => {
  const requestId = idOf('retried');
  if (requestId === undefined) throw new Error('There is no retried call.');
  expect(await usage.findCall(requestId, tenant.projectId)).toMatchObject({ status: 'success', chargeNanoUsd: 4_000n });
  expect(await usage.findCall(requestId, newId<'project'>())).toBeUndefined();
  expect(await usage.findCall(newId<'request'>())).toBeUndefined();
});

test('a correction changes what a call costs, and never its row', async () => {
  const attempt = makeAttempt(tenant, { atMs: noonMs + 7_300_000 });
  const { requestId } = attempt.call;
  const [batchId, instanceId] = [newId<'usageBatch'>(), newId<'instance'>()];
  await databases.meter.insertUsageBatch({ id: batchId, instanceId, rows: [attempt] });
  await databases.owner.query(
    `INSERT INTO usage_correction (id, batch_id, organization_id, project_id, api_key_id, request_id, attempt, reason,
                                   provider_cost_delta_nano_usd, charge_delta_nano_usd)
     VALUES ($1, $2, $3, $4, $5, $6, 1, 'price-arrived', 0, -250)`,
    [newId(), batchId, tenant.organizationId, tenant.projectId, tenant.apiKeyId, requestId],
  );
  const call = await usage.findCall(requestId);
  expect(call).toMatchObject({ chargeNanoUsd: 750n, attempts: [{ outcome: { chargeNanoUsd: 1_000n } }] });
  const summary = await usage.summarize({ fromMs: timeOfId(requestId), toMs: timeOfId(requestId) + 1 });
  expect(summary.chargeNanoUsd).toBe(750n);
});

test('a summary counts calls once and tokens of billed attempts only', async () => {
  expect(await usage.summarize(span)).toEqual({
    calls: 5,
    failedCalls: 2,
    usage: { ...zeroUsage, inputTokens: 40, outputTokens: 20 },
    chargeNanoUsd: 15_000n,
    // Of the two successes: 600 and 5,000 ms; 40 and 20.5 ms to the first content.
    durationP50Ms: 2_800,
    durationP95Ms: 4_780,
    firstContentP50Ms: 30.25,
    firstContentP95Ms: 39.025,
  });
  expect(await usage.summarize({ ...span, mode: 'test' })).toMatchObject({ calls: 0, durationP50Ms: undefined });
});

test('a series has a point per hour with calls, and its points sum to the summary', async () => {
  const points = await usage.series(span, { interval: 'hour', groupBy: 'none', top: 5, timeZone: 'UTC' });
  expect(points.map(({ atMs, calls: count, chargeNanoUsd }) => [atMs, count, chargeNanoUsd])).toEqual([
    [noonMs, 4, 6_000n],
    [noonMs + 3_600_000, 1, 9_000n],
  ]);
});

test('groups beyond the top ones are one group', async () => {
  const points = await usage.series(span, { interval: 'day', groupBy: 'model', top: 2, timeZone: 'UTC' });
  expect(points.map(({ key, chargeNanoUsd }) => [key, chargeNanoUsd])).toEqual([
    ['openai/gpt-6-luna', 9_000n],
    ['openai/gpt-6-sol', 4_000n],
    [undefined, 2_000n],
  ]);
  const byKey = await usage.series(span, { interval: 'day', groupBy: 'apiKey', top: 5, timeZone: 'UTC' });
  expect(byKey.find(({ key }) => key === tenant.apiKeyId)?.calls).toBe(4);
});

test('days are those of the time zone', async () => {
  const [point] = await usage.series(span, { interval: 'day', groupBy: 'none', top: 1, timeZone: 'Asia/Tokyo' });
  // Noon in UTC is 21:00 in Tokyo, so the day began at 15:00 UTC of the day before.
  expect(point?.atMs).toBe(noonMs - 21 * 3_600_000);
});
