import { nanoUsd } from '@turnpike/core/money';
import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAttempt, makeTenant, type Tenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';

let databases: TestDatabases;
const instanceId = newId<'instance'>();

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

afterAll(async () => {
  await databases.close();
});

const usd = (dollars: bigint) => nanoUsd(dollars * 1_000_000_000n);

async function spend(tenant: Tenant, charges: readonly bigint[]): Promise<void> {
  await databases.meter.insertUsageBatch({
    id: newId<'usageBatch'>(),
    instanceId,
    rows: charges.map((charge) => makeAttempt(tenant, { outcome: { chargeNanoUsd: nanoUsd(charge) } })),
  });
}

async function stateOf(tenant: Tenant) {
  return databases.app.forOrganization(tenant.organizationId).ledger.accountState();
}

test('usage is unposted until it is posted, and what is available stays the same', async () => {
  const tenant = await makeTenant(databases.app);
  await spend(tenant, [700n, 300n]);
  expect(await stateOf(tenant)).toEqual({
    postedNanoUsd: usd(25n),
    ledgerSeq: 1n,
    unpostedUsageNanoUsd: 1_000n,
    postedUsageNanoUsd: 0n,
  });
  const { deltas, isDrained } = await databases.worker.postUsage(100);
  expect(isDrained).toBe(true);
  expect(deltas).toEqual([
    { organizationId: tenant.organizationId, ledgerSeq: 2n, deltaNanoUsd: -1_000n, usageNanoUsd: 1_000n },
  ]);
  const after = {
    postedNanoUsd: usd(25n) - 1_000n,
    ledgerSeq: 2n,
    unpostedUsageNanoUsd: 0n,
    postedUsageNanoUsd: 1_000n,
  };
  expect(await stateOf(tenant)).toEqual(after);
  expect(await databases.worker.accountState(tenant.organizationId)).toEqual(after);
});

test('a batch that was posted is not posted again', async () => {
  const tenant = await makeTenant(databases.app);
  await spend(tenant, [5n]);
  expect((await databases.worker.postUsage(100)).deltas).toHaveLength(1);
  expect((await databases.worker.postUsage(100)).deltas).toEqual([]);
  expect((await stateOf(tenant))?.postedUsageNanoUsd).toBe(5n);
});

test('an entry says on which project, key and model the money went', async () => {
  const tenant = await makeTenant(databases.app);
  await databases.meter.insertUsageBatch({
    id: newId<'usageBatch'>(),
    instanceId,
    rows: [
      makeAttempt(tenant, { outcome: { chargeNanoUsd: nanoUsd(7n) } }),
      makeAttempt(tenant, { outcome: { chargeNanoUsd: nanoUsd(8n) } }),
      makeAttempt(tenant, {
        attempt: { modelSlug: 'openai/gpt-6' },
        outcome: { chargeNanoUsd: nanoUsd(9n) },
      }),
      makeAttempt(tenant, { outcome: { chargeNanoUsd: nanoUsd(0n), state: 'failed' } }),
    ],
  });
  await databases.worker.postUsage(100);
  const { rows } = await databases.owner.query(
    `SELECT a.kind, e.amount_nano_usd::int AS amount, e.project_id, e.api_key_id, e.model_slug, e.usage_count
       FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
       JOIN ledger_transaction t ON t.id = e.transaction_id
      WHERE t.organization_id = $1 AND t.source_type = 'usage_posting' ORDER BY e.amount_nano_usd`,
    [tenant.organizationId],
  );
  const spent = { kind: 'prepaid', project_id: tenant.projectId, api_key_id: tenant.apiKeyId };
  expect(rows).toEqual([
    { ...spent, amount: -15, model_slug: 'anthropic/claude-sonnet-5', usage_count: 2 },
    { ...spent, amount: -9, model_slug: 'openai/gpt-6', usage_count: 1 },
    { kind: 'revenue', amount: 24, project_id: null, api_key_id: null, model_slug: null, usage_count: 3 },
  ]);
});

test('usage of an invoiced organization is owed, not taken from credit', async () => {
  const tenant = await makeTenant(databases.app);
  await databases.owner.query(`UPDATE organization SET billing_mode = 'invoiced' WHERE id = $1`, [
    tenant.organizationId,
  ]);
  await spend(tenant, [40n]);
  const { deltas } = await databases.worker.postUsage(100);
  expect(deltas).toMatchObject([{ deltaNanoUsd: -40n }]);
  expect(await stateOf(tenant)).toMatchObject({ postedNanoUsd: -40n });
});

test('a correction is posted like usage, in either direction', async () => {
  const tenant = await makeTenant(databases.app);
  const attempt = makeAttempt(tenant, { outcome: { chargeNanoUsd: nanoUsd(100n) } });
  await databases.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows: [attempt] });
  await databases.worker.postUsage(100);
  const batchId = newId<'usageBatch'>();
  await databases.owner.query(`INSERT INTO usage_batch (id, instance_id, row_count) VALUES ($1, $2, 1)`, [
    batchId,
    instanceId,
  ]);
  await databases.owner.query(
    `INSERT INTO usage_correction (id, batch_id, organization_id, project_id, api_key_id, request_id, attempt, reason,
                                   provider_cost_delta_nano_usd, charge_delta_nano_usd)
     VALUES ($1, $2, $3, $4, $5, $6, 1, 'price-arrived', 0, -30)`,
    [newId(), batchId, tenant.organizationId, tenant.projectId, tenant.apiKeyId, attempt.call.requestId],
  );
  expect((await stateOf(tenant))?.unpostedUsageNanoUsd).toBe(-30n);
  const { deltas } = await databases.worker.postUsage(100);
  expect(deltas).toMatchObject([{ deltaNanoUsd: 30n, usageNanoUsd: -30n }]);
  expect(await stateOf(tenant)).toMatchObject({ postedUsageNanoUsd: 70n, unpostedUsageNanoUsd: 0n });
});

test('workers in parallel post every batch once and number transactions without a gap', async () => {
  const tenants = await Promise.all([makeTenant(databases.app), makeTenant(databases.app), makeTenant(databases.app)]);
  const batches = 60;
  for (let index = 0; index < batches; index += 1) {
    await databases.meter.insertUsageBatch({
      id: newId<'usageBatch'>(),
      instanceId,
      rows: tenants.map((tenant) => makeAttempt(tenant, { outcome: { chargeNanoUsd: nanoUsd(11n) } })),
    });
  }
  const results = await Promise.all(Array.from({ length: 20 }, () => databases.worker.postUsage(3)));
  const rest = await databases.worker.postUsage(1_000);
  const deltas = [...results, rest].flatMap((result) => result.deltas);
  for (const tenant of tenants) {
    const own = deltas.filter(({ organizationId }) => organizationId === tenant.organizationId);
    expect(own.reduce((sum, { usageNanoUsd }) => sum + usageNanoUsd, 0n)).toBe(11n * BigInt(batches));
    const numbers = own.map(({ ledgerSeq }) => Number(ledgerSeq)).sort((left, right) => left - right);
    // 1 is the trial credit.
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 2));
    expect(await stateOf(tenant)).toMatchObject({
      postedNanoUsd: usd(25n) - 11n * BigInt(batches),
      ledgerSeq: BigInt(numbers.length + 1),
      unpostedUsageNanoUsd: 0n,
    });
  }
});

test('20 concurrent postings of one organization get 20 consecutive numbers', async () => {
  const tenant = await makeTenant(databases.app);
  const posted = await Promise.all(
    Array.from({ length: 20 }, () =>
      databases.worker.postTransaction({
        organizationId: tenant.organizationId,
        sourceType: 'payment',
        sourceId: newId(),
        description: 'Top-up',
        entries: [
          { account: 'prepaid', amountNanoUsd: usd(1n) },
          { account: 'payment_clearing', amountNanoUsd: usd(-1n) },
        ],
      }),
    ),
  );
  const numbers = posted.map((delta) => Number(delta?.ledgerSeq)).sort((left, right) => left - right);
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
  expect(await stateOf(tenant)).toMatchObject({ postedNanoUsd: usd(45n), ledgerSeq: 21n });
});

test('the same source posted 10 times at once is one transaction and leaves no gap', async () => {
  const tenant = await makeTenant(databases.app);
  const posting = {
    organizationId: tenant.organizationId,
    sourceType: 'payment',
    sourceId: newId(),
    description: 'Top-up',
    entries: [
      { account: 'prepaid', amountNanoUsd: usd(10n) },
      { account: 'payment_clearing', amountNanoUsd: usd(-10n) },
    ],
  } as const;
  const posted = await Promise.all(Array.from({ length: 10 }, () => databases.worker.postTransaction(posting)));
  expect(posted.filter((delta) => delta !== undefined)).toMatchObject([{ ledgerSeq: 2n, deltaNanoUsd: usd(10n) }]);
  const next = await databases.worker.postTransaction({ ...posting, sourceId: newId() });
  expect(next?.ledgerSeq).toBe(3n);
});

test('entries that do not sum to zero are refused, and take no number', async () => {
  const tenant = await makeTenant(databases.app);
  const posting = {
    organizationId: tenant.organizationId,
    sourceType: 'adjustment',
    sourceId: newId(),
    description: 'Unbalanced',
    entries: [
      { account: 'prepaid', amountNanoUsd: usd(10n) },
      { account: 'adjustment', amountNanoUsd: usd(-9n) },
    ],
  } as const;
  await expect(databases.worker.postTransaction(posting)).rejects.toThrow('do not sum to zero');
  await expect(databases.worker.postTransaction({ ...posting, entries: [] })).rejects.toThrow('needs at least two');
  expect((await stateOf(tenant))?.ledgerSeq).toBe(1n);
});

test('trial credit is given once, and never more than 100 dollars', async () => {
  const tenant = await makeTenant(databases.app);
  const { ledger } = databases.app.forOrganization(tenant.organizationId);
  expect(await ledger.grantTrialCredit(usd(25n))).toBeUndefined();
  await expect(ledger.grantTrialCredit(usd(101n))).rejects.toThrow('at most 100 USD');
  expect(await stateOf(tenant)).toMatchObject({ postedNanoUsd: usd(25n), ledgerSeq: 1n });
});

test.each(['ledger_transaction', 'ledger_entry', 'usage_attempt', 'usage_correction', 'audit_entry'])(
  'rows of %s cannot be changed or removed, not even by the owner of the tables',
  async (table) => {
    const tenant = await makeTenant(databases.app);
    await spend(tenant, [1n]);
    await databases.worker.postUsage(100);
    await expect(databases.owner.query(`UPDATE ${table} SET organization_id = organization_id`)).rejects.toThrow(
      'append-only',
    );
    await expect(databases.owner.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('append-only');
    await expect(databases.owner.query(`DELETE FROM ${table}`)).rejects.toThrow('append-only');
  },
);

test('the books of every organization sum to zero, and balances are the sums of their entries', async () => {
  const { rows } = await databases.owner.query<{ off: number; drift: number }>(
    `SELECT (SELECT count(*) FROM (SELECT 1 FROM ledger_account GROUP BY organization_id HAVING sum(balance_nano_usd) <> 0) AS x)::int AS off,
            (SELECT count(*) FROM ledger_account a
              WHERE a.balance_nano_usd <> (SELECT coalesce(sum(e.amount_nano_usd), 0) FROM ledger_entry e WHERE e.account_id = a.id))::int AS drift`,
  );
  expect(rows).toEqual([{ off: 0, drift: 0 }]);
});

test('the list of postings shows what each changed, newest first', async () => {
  const tenant = await makeTenant(databases.app);
  await spend(tenant, [12n]);
  await databases.worker.postUsage(100);
  const { ledger } = databases.app.forOrganization(tenant.organizationId);
  const all = await ledger.list({ limit: 10 });
  expect(all).toMatchObject([
    { ledgerSeq: 2n, sourceType: 'usage_posting', amountNanoUsd: -12n },
    { ledgerSeq: 1n, sourceType: 'trial_credit', amountNanoUsd: usd(25n) },
  ]);
  expect(await ledger.list({ limit: 10, beforeSeq: 2n })).toEqual(all.slice(1));
});

test('a call counts as settled in its account once an attempt was charged, not when one failed before', async () => {
  const tenant = await makeTenant(databases.app);
  const [running, ended] = [newId<'request'>(), newId<'request'>()];
  const tried = (requestId: typeof running, attempt: number, charge: bigint) => {
    const row = makeAttempt(tenant, { outcome: { chargeNanoUsd: nanoUsd(charge) } });
    return { ...row, call: { ...row.call, requestId }, attempt: { ...row.attempt, attempt } };
  };
  const ship = (rows: readonly ReturnType<typeof tried>[]) =>
    databases.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows });
  const figures = () => databases.app.forOrganization(tenant.organizationId).ledger.accountFigures();

  await ship([tried(running, 1, 0n), tried(ended, 1, 0n), tried(ended, 2, 7n)]);
  expect(await figures()).toMatchObject({ unpostedUsageNanoUsd: 7n, settledRequestIds: [ended] });
  await ship([tried(running, 2, 5n)]);
  const after = await figures();
  expect(after).toMatchObject({ unpostedUsageNanoUsd: 12n });
  expect(new Set(after?.settledRequestIds)).toEqual(new Set([running, ended]));
});
