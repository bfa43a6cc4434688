import { randomBytes } from 'node:crypto';
import type { OrganizationId } from '@turnpike/core/ids';
import { createTestDatabase } from '@turnpike/testing/postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDashboardDatabase, type DashboardDatabase } from './client.ts';
import { makeAttempt, makeTenant, type Tenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';

let databases: TestDatabases;
let app: pg.Pool;
let dashboardPool: pg.Pool;
let dashboard: DashboardDatabase;
let acme: Tenant;
let globex: Tenant;
let tenantTables: readonly string[];

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
  // One connection each: whatever a transaction leaves behind meets the next one.
  app = new pg.Pool({ connectionString: databases.urls.app, max: 1 });
  dashboardPool = new pg.Pool({ connectionString: databases.urls.dashboard, max: 1 });
  dashboard = createDashboardDatabase({
    url: databases.urls.dashboard,
    poolSize: 1,
    applicationName: 'test-dashboard',
  });
  [acme, globex] = [await makeTenant(databases.app, 'Acme'), await makeTenant(databases.app, 'Globex')];
  for (const tenant of [acme, globex]) {
    await databases.meter.insertUsageBatch({
      id: newId<'usageBatch'>(),
      instanceId: newId<'instance'>(),
      rows: [makeAttempt(tenant)],
    });
  }
  await databases.worker.postUsage(10);
  const { rows } = await databases.owner.query<{ relname: string }>(
    `SELECT c.relname FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity ORDER BY 1`,
  );
  tenantTables = rows.map(({ relname }) => relname);
});

afterAll(async () => {
  await Promise.all([app.end(), dashboardPool.end(), dashboard.close()]);
  await databases.close();
});

async function asOrganization<Row extends pg.QueryResultRow>(
  organizationId: OrganizationId,
  sql: string,
): Promise<Row[]> {
  await app.query('BEGIN');
  try {
    await app.query(`SELECT set_config('app.org', $1, true)`, [organizationId]);
    return (await app.query<Row>(sql)).rows;
  } finally {
    await app.query('ROLLBACK');
  }
}

async function openSession(tenant: Tenant, expiresInMs = 60_000): Promise<Uint8Array> {
  const digest = randomBytes(32);
  await databases.app.forUser(tenant.userId).createSession({
    digest,
    expiresAtMs: Date.now() + expiresInMs,
    ip: undefined,
    userAgent: undefined,
  });
  return digest;
}

test('without the setting, role app reads no row of any tenant or person', async () => {
  expect(tenantTables.length).toBeGreaterThanOrEqual(20);
  for (const table of tenantTables) {
    const { rows } = await app.query<{ rows: string }>(`SELECT count(*) AS rows FROM "${table}"`);
    expect([table, rows[0]?.rows]).toEqual([table, '0']);
  }
});

test('with the setting, role app reads the rows of that organization and no other', async () => {
  for (const table of tenantTables.filter((name) => !['organization', 'app_user', 'session'].includes(name))) {
    const rows = await asOrganization<{ organization_id: string }>(
      acme.organizationId,
      `SELECT DISTINCT organization_id FROM "${table}"`,
    );
    expect([table, rows.filter((row) => row.organization_id !== acme.organizationId)]).toEqual([table, []]);
  }
  expect(await asOrganization(acme.organizationId, 'SELECT id FROM organization')).toEqual([
    { id: acme.organizationId },
  ]);
  expect(await asOrganization(acme.organizationId, 'SELECT id FROM app_user')).toEqual([{ id: acme.userId }]);
});

test('a row for another organization cannot be written, moved or pointed at', async () => {
  const columns = 'id, organization_id, name, updated_at';
  await expect(
    asOrganization(
      acme.organizationId,
      `INSERT INTO project (${columns}) VALUES ('${newId()}', '${globex.organizationId}', 'Theft', now())`,
    ),
  ).rejects.toThrow('row-level security');
  await expect(
    asOrganization(acme.organizationId, `UPDATE project SET organization_id = '${globex.organizationId}'`),
  ).rejects.toThrow('row-level security');
  // Foreign keys are checked past row-level security, so they hold the organization themselves.
  await expect(
    asOrganization(
      acme.organizationId,
      `INSERT INTO model_alias (id, organization_id, project_id, alias, target_slug)
       VALUES ('${newId()}', '${acme.organizationId}', '${globex.projectId}', 'mine', 'openai/gpt-6')`,
    ),
  ).rejects.toThrow('foreign key');
});

test('a pooled connection that served one organization shows the next nothing of it', async () => {
  for (let round = 0; round < 200; round += 1) {
    const [own, other] = round % 2 === 0 ? [acme, globex] : [globex, acme];
    const rows = await asOrganization<{ id: string }>(own.organizationId, 'SELECT id FROM api_key');
    expect(rows).toEqual([{ id: own.apiKeyId }]);
    expect((await app.query('SELECT id FROM api_key')).rows).toEqual([]);
    expect(await databases.app.forOrganization(other.organizationId).apiKeys.find(own.apiKeyId)).toBeUndefined();
  }
});

test('a setting outside a transaction is not kept by the next transaction of a tenant', async () => {
  await app.query(`SELECT set_config('app.org', $1, false)`, [acme.organizationId]);
  expect(await asOrganization(globex.organizationId, 'SELECT id FROM api_key')).toEqual([{ id: globex.apiKeyId }]);
  await app.query(`RESET app.org`);
  expect((await app.query('SELECT id FROM api_key')).rows).toEqual([]);
});

test('role dashboard sees nothing without a session, whatever it says in app.org', async () => {
  await dashboardPool.query('BEGIN');
  await dashboardPool.query(`SELECT set_config('app.org', $1, true), set_config('app.user', $2, true)`, [
    acme.organizationId,
    acme.userId,
  ]);
  for (const view of ['organization', 'project', 'api_key', 'usage_attempt', 'ledger_entry', 'app_user', 'member']) {
    const { rows } = await dashboardPool.query(`SELECT * FROM dashboard.${view}`);
    expect([view, rows]).toEqual([view, []]);
  }
  await dashboardPool.query('ROLLBACK');
  await expect(dashboardPool.query('SELECT * FROM public.api_key')).rejects.toThrow('permission denied');
});

test('role dashboard sees the organizations of the session and no other', async () => {
  const digest = await openSession(acme);
  const own = dashboard.readOrganizationAs(digest, acme.organizationId);
  expect(await own.apiKeys.find(acme.apiKeyId)).toMatchObject({ id: acme.apiKeyId, name: 'Production' });
  expect(await own.organization.find()).toMatchObject({ name: 'Acme' });
  expect(await own.members.list()).toMatchObject([{ userId: acme.userId, email: acme.email, role: 'owner' }]);
  expect(await own.ledger.accountState()).toMatchObject({ postedUsageNanoUsd: 1_000n, unpostedUsageNanoUsd: 0n });
  const span = { fromMs: Date.now() - 60_000, toMs: Date.now() + 60_000 };
  expect((await own.usage.listCalls(span, { limit: 10 })).calls).toHaveLength(1);
  const foreign = dashboard.readOrganizationAs(digest, globex.organizationId);
  expect(await foreign.organization.find()).toBeUndefined();
  expect(await foreign.apiKeys.find(globex.apiKeyId)).toBeUndefined();
  expect(await foreign.ledger.accountState()).toBeUndefined();
  expect((await foreign.usage.listCalls(span, { limit: 10 })).calls).toEqual([]);
});

test('a session that expired or was revoked opens nothing', async () => {
  const expired = await openSession(acme, -1_000);
  expect(await dashboard.readOrganizationAs(expired, acme.organizationId).organization.find()).toBeUndefined();
  const revoked = await openSession(acme);
  const read = dashboard.readOrganizationAs(revoked, acme.organizationId).organization;
  expect(await read.find()).toBeDefined();
  const digests = await databases.app.forUser(acme.userId).revokeAllSessions();
  expect(digests.map((digest) => Buffer.from(digest).toString('hex'))).toContain(Buffer.from(revoked).toString('hex'));
  expect(await read.find()).toBeUndefined();
});

test('every reader works through the views of role dashboard', async () => {
  const read = dashboard.readOrganizationAs(await openSession(acme), acme.organizationId);
  const span = { fromMs: Date.now() - 60_000, toMs: Date.now() + 60_000 };
  const answers = await Promise.all([
    read.apiKeys.list({ nowMs: Date.now(), limit: 10 }),
    read.audit.list({ limit: 10 }),
    read.ledger.list({ limit: 10 }),
    read.members.find(acme.memberId),
    read.members.findByUser(acme.userId),
    read.policies.list(),
    read.priceBook.findEntry(newId()),
    read.projects.list(),
    read.projects.find(acme.projectId),
    read.rateLimits.list({ scope: 'organization' }),
    read.usage.summarize(span),
    read.usage.series(span, { interval: 'hour', groupBy: 'model', top: 3, timeZone: 'UTC' }),
    dashboard.loadCatalog(Date.now()),
  ]);
  expect(answers[0]).toHaveLength(1);
  expect(answers[1].map(({ action }) => action)).toEqual(['api_key.created', 'organization.created']);
  expect(answers[10]).toMatchObject({ calls: 1, chargeNanoUsd: 1_000n });
});
