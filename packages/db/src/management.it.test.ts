import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeTenant, type Tenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';
import type { OrganizationRepositories } from './tenant.ts';

let databases: TestDatabases;
let tenant: Tenant;
let repositories: OrganizationRepositories;

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

beforeEach(async () => {
  tenant = await makeTenant(databases.app);
  repositories = databases.app.forOrganization(tenant.organizationId);
});

afterAll(async () => {
  await databases.close();
});

const actions = async () => (await repositories.audit.list({ limit: 100 })).map(({ action }) => action);

test('an organization sets what is given, and nothing that is not its own to set', async () => {
  const sneaky = {
    name: 'New',
    allowsUnlistedModels: true,
    status: 'suspended',
    billingMode: 'invoiced',
    priceBookId: newId(),
  };
  expect(await repositories.organization.update(sneaky, tenant.by)).toMatchObject({
    name: 'New',
    allowsUnlistedModels: true,
    status: 'active',
    billingMode: 'prepaid',
  });
  const [entry] = await repositories.audit.list({ limit: 1 });
  expect(entry?.detail).toEqual({ name: 'New', allowsUnlistedModels: true });
});

test('projects have names of their own within an organization', async () => {
  const { projects } = repositories;
  const made = await projects.create('Search', tenant.by);
  expect(made).toMatchObject({ outcome: 'done', project: { name: 'Search', isDefault: false } });
  expect(await projects.create('Search', tenant.by)).toEqual({ outcome: 'name-taken' });
  expect(await projects.rename(tenant.projectId, 'Search', tenant.by)).toEqual({ outcome: 'name-taken' });
  expect(await projects.rename(tenant.projectId, 'Main', tenant.by)).toMatchObject({ outcome: 'done' });
  expect((await projects.list()).map(({ name }) => name)).toEqual(['Main', 'Search']);
  const other = await makeTenant(databases.app);
  const theirs = databases.app.forOrganization(other.organizationId).projects;
  expect(await theirs.create('Search', other.by)).toMatchObject({ outcome: 'done' });
  expect(await actions()).toEqual(['project.renamed', 'project.created', 'api_key.created', 'organization.created']);
});

test('a policy is a chain of versions, and two writers of one version do not overwrite each other', async () => {
  const { policies } = repositories;
  const made = await policies.create(
    { name: 'Default', document: { mode: 'cost' }, createdByUserId: tenant.userId },
    tenant.by,
  );
  if (made.outcome !== 'done') throw new Error('A policy was not made.');
  const { id } = made.policy;
  expect(made.policy).toMatchObject({ version: 1, document: { mode: 'cost' }, projectId: undefined });
  const change = (mode: string, basedOnVersion: number) =>
    policies.addVersion(id, { basedOnVersion, document: { mode } }, tenant.by);
  const results = await Promise.all([change('speed', 1), change('quality', 1)]);
  expect(results.map(({ outcome }) => outcome).sort()).toEqual(['done', 'version-conflict']);
  expect(results).toContainEqual({ outcome: 'version-conflict', currentVersion: 2 });
  expect(await change('balanced', 2)).toMatchObject({
    outcome: 'done',
    policy: { version: 3, document: { mode: 'balanced' } },
  });
  expect(await policies.create({ name: 'Default', document: {} }, tenant.by)).toEqual({ outcome: 'name-taken' });
  const { rows } = await databases.owner.query(
    'SELECT version, document FROM routing_policy_version WHERE policy_id = $1 ORDER BY version',
    [id],
  );
  expect(rows.map(({ version }) => version)).toEqual([1, 2, 3]);
  expect((await actions()).filter((action) => action.startsWith('policy.'))).toEqual([
    'policy.updated',
    'policy.updated',
    'policy.created',
  ]);
});

test('a project follows its own policy, else that of the organization', async () => {
  const { policies, projects } = repositories;
  expect(await policies.findForProject(tenant.projectId)).toBeUndefined();
  await policies.create({ name: 'For all', document: { mode: 'cost' } }, tenant.by);
  await policies.create({ name: 'For one', projectId: tenant.projectId, document: { mode: 'speed' } }, tenant.by);
  const other = await projects.create('Other', tenant.by);
  expect(await policies.findForProject(tenant.projectId)).toMatchObject({ name: 'For one' });
  expect(other.outcome === 'done' && (await policies.findForProject(other.project.id))).toMatchObject({
    name: 'For all',
  });
  expect((await policies.list()).map(({ name }) => name)).toEqual(['For all', 'For one']);
});

test('ceilings of a project are replaced as a whole, and wrong ones are refused by the database', async () => {
  const { rateLimits } = repositories;
  const owner = { scope: 'project', projectId: tenant.projectId } as const;
  await rateLimits.replace(owner, [{ kind: 'requests', limit: 5, windowMs: 1_000 }], tenant.by);
  await rateLimits.replace(
    owner,
    [
      { kind: 'requests', limit: 100, windowMs: 60_000 },
      { kind: 'concurrency', limit: 3, windowMs: 0 },
    ],
    tenant.by,
  );
  expect(await rateLimits.list(owner)).toEqual([
    { scope: 'project', kind: 'concurrency', limit: 3, windowMs: 0 },
    { scope: 'project', kind: 'requests', limit: 100, windowMs: 60_000 },
  ]);
  for (const wrong of [
    { kind: 'requests', limit: 0, windowMs: 1_000 },
    { kind: 'requests', limit: 5, windowMs: 0 },
    { kind: 'concurrency', limit: 5, windowMs: 1_000 },
  ] as const) {
    await expect(rateLimits.replace(owner, [wrong], tenant.by)).rejects.toThrow('rate_limit_');
  }
  expect(await rateLimits.list(owner)).toHaveLength(2);
});

test('an entry of the own price book is found, in force or not', async () => {
  const [bookId, entryId] = [newId(), newId()];
  await databases.owner.query(`INSERT INTO price_book (id, name) VALUES ($1, 'Team')`, [bookId]);
  await databases.owner.query(
    `INSERT INTO price_book_entry (id, price_book_id, numerator, denominator, effective_from, effective_to)
     VALUES ($1, $2, 12, 10, '2026-01-01', '2026-02-01')`,
    [entryId, bookId],
  );
  expect(await repositories.priceBook.findEntry(entryId)).toBeUndefined();
  await databases.owner.query('UPDATE organization SET price_book_id = $1 WHERE id = $2', [
    bookId,
    tenant.organizationId,
  ]);
  expect(await repositories.priceBook.findEntry(entryId)).toEqual({ id: entryId, numerator: 12n, denominator: 10n });
});

test('a member is found by id and by person', async () => {
  const { members } = repositories;
  const [member] = await members.list();
  expect(member).toMatchObject({ id: tenant.memberId, userId: tenant.userId, email: tenant.email });
  expect(await members.find(tenant.memberId)).toEqual(member);
  expect(await members.findByUser(tenant.userId)).toEqual(member);
});
