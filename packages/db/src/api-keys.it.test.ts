import { randomBytes } from 'node:crypto';
import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeTenant, newKey, type Tenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';
import type { ApiKeyRecord } from './repositories/api-keys.ts';
import type { OrganizationRepositories } from './tenant.ts';

let databases: TestDatabases;
let tenant: Tenant;
let repositories: OrganizationRepositories;
let keys: OrganizationRepositories['apiKeys'];

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

beforeEach(async () => {
  tenant = await makeTenant(databases.app);
  repositories = databases.app.forOrganization(tenant.organizationId);
  keys = repositories.apiKeys;
});

afterAll(async () => {
  await databases.close();
});

const list = (filter: Partial<Parameters<typeof keys.list>[0]> = {}) =>
  keys.list({ nowMs: Date.now(), limit: 100, ...filter });

async function makeKey(settings: Partial<Parameters<typeof keys.create>[0]> = {}): Promise<ApiKeyRecord> {
  const created = await keys.create({ ...newKey(tenant.projectId), ...settings }, tenant.by);
  if (created === undefined) {
    throw new Error('A key was not made.');
  }
  return created.key;
}

test('a key is found by its digest with everything that a call needs to know', async () => {
  const digest = randomBytes(32);
  const expiresAtMs = Date.now() + 86_400_000;
  const key = await makeKey({
    digest,
    memberId: tenant.memberId,
    allowedModels: ['anthropic/*', 'openai/gpt-6-sol'],
    allowedIps: ['192.0.2.0/24'],
    rateLimits: [{ kind: 'requests', limit: 60, windowMs: 60_000 }],
    expiresAtMs,
  });
  await repositories.rateLimits.replace(
    { scope: 'organization' },
    [{ kind: 'concurrency', limit: 9, windowMs: 0 }],
    tenant.by,
  );
  await repositories.rateLimits.replace(
    { scope: 'project', projectId: tenant.projectId },
    [{ kind: 'tokens', limit: 1_000_000, windowMs: 60_000 }],
    tenant.by,
  );
  await repositories.organization.update({ alwaysSendsUsage: true }, tenant.by);
  expect(await databases.app.findPrincipal(digest)).toEqual({
    organizationId: tenant.organizationId,
    projectId: tenant.projectId,
    apiKeyId: key.id,
    memberId: tenant.memberId,
    keyName: 'Production',
    mode: 'live',
    kind: 'inference',
    status: 'active',
    organizationStatus: 'active',
    expiresAtMs,
    allowedModels: ['anthropic/*', 'openai/gpt-6-sol'],
    allowedIps: ['192.0.2.0/24'],
    rateLimits: [
      { scope: 'key', kind: 'requests', limit: 60, windowMs: 60_000 },
      { scope: 'organization', kind: 'concurrency', limit: 9, windowMs: 0 },
      { scope: 'project', kind: 'tokens', limit: 1_000_000, windowMs: 60_000 },
    ],
    allowsUnlistedModels: false,
    alwaysSendsUsage: true,
    exposesAttempts: false,
    priceBookId: undefined,
  });
  expect(await databases.app.findPrincipal(randomBytes(32))).toBeUndefined();
});

test('no list means no restriction, and an empty list allows nothing', async () => {
  const [open, closed] = [await makeKey(), await makeKey({ allowedModels: [], allowedIps: [] })];
  expect(open).toMatchObject({ allowedModels: undefined, allowedIps: undefined });
  expect(closed).toMatchObject({ allowedModels: [], allowedIps: [] });
  const opened = await keys.update(closed.id, { allowedModels: null }, tenant.by);
  expect(opened?.key).toMatchObject({ allowedModels: undefined, allowedIps: [] });
});

test('an update changes what is given and leaves the rest', async () => {
  const key = await makeKey({
    allowedModels: ['openai/*'],
    rateLimits: [{ kind: 'requests', limit: 5, windowMs: 1_000 }],
    expiresAtMs: Date.now() + 1_000,
  });
  const renamed = await keys.update(key.id, { name: 'Renamed' }, tenant.by);
  expect(renamed?.key).toEqual({ ...key, name: 'Renamed' });
  const changed = await keys.update(
    key.id,
    { rateLimits: [{ kind: 'tokens', limit: 7, windowMs: 60_000 }], expiresAtMs: null },
    tenant.by,
  );
  expect(changed?.key).toMatchObject({
    name: 'Renamed',
    rateLimits: [{ kind: 'tokens', limit: 7, windowMs: 60_000 }],
    expiresAtMs: undefined,
  });
  expect(await keys.find(key.id)).toEqual(changed?.key);
});

test('a key is disabled and enabled again, and once revoked it stays so', async () => {
  const digest = randomBytes(32);
  const { id } = await makeKey({ digest });
  const statusNow = async () => (await databases.app.findPrincipal(digest))?.status;
  const disabled = await keys.disable(id, tenant.by);
  expect(disabled?.key.status).toBe('disabled');
  expect(Buffer.from(disabled?.digest ?? []).equals(digest)).toBe(true);
  expect(await statusNow()).toBe('disabled');
  await keys.enable(id, tenant.by);
  expect(await statusNow()).toBe('active');
  expect((await keys.revoke(id, tenant.by))?.key.status).toBe('revoked');
  expect(await statusNow()).toBe('revoked');
  expect(await keys.enable(id, tenant.by)).toBeUndefined();
  expect(await keys.update(id, { name: 'Back' }, tenant.by)).toBeUndefined();
});

test('a key of an archived project answers like a disabled one', async () => {
  await databases.owner.query(`UPDATE project SET status = 'archived' WHERE id = $1`, [tenant.projectId]);
  expect(await databases.app.findPrincipal(tenant.keyDigest)).toMatchObject({ status: 'disabled' });
  expect(await keys.create(newKey(tenant.projectId), tenant.by)).toBeUndefined();
});

test('lists are newest first, page by page, and leave out revoked keys unless they are asked for', async () => {
  const made = [await makeKey(), await makeKey(), await makeKey()];
  const newest = made.map(({ id }) => id).toReversed();
  expect((await list()).map(({ id }) => id)).toEqual([...newest, tenant.apiKeyId]);
  const [first] = await list({ limit: 1 });
  expect((await list({ limit: 2, ...(first && { before: first.id }) })).map(({ id }) => id)).toEqual(newest.slice(1));
  await keys.revoke(tenant.apiKeyId, tenant.by);
  expect((await list()).map(({ id }) => id)).toEqual(newest);
  expect((await list({ statuses: ['revoked'] })).map(({ id }) => id)).toEqual([tenant.apiKeyId]);
});

test('lists filter by kind, project and status, and an expired key is not active', async () => {
  const nowMs = Date.now();
  const [test_, management, expired, disabled] = [
    await makeKey({ mode: 'test' }),
    await makeKey({ kind: 'management' }),
    await makeKey({ expiresAtMs: nowMs - 1 }),
    await makeKey(),
  ];
  await keys.disable(disabled.id, tenant.by);
  const ids = async (filter: Parameters<typeof list>[0]) => (await list({ nowMs, ...filter })).map(({ id }) => id);
  expect(await ids({ kinds: ['test'] })).toEqual([test_.id]);
  expect(await ids({ kinds: ['management', 'test'] })).toEqual([management.id, test_.id]);
  expect(await ids({ kinds: ['live'], statuses: ['active'] })).toEqual([tenant.apiKeyId]);
  expect(await ids({ statuses: ['expired'] })).toEqual([expired.id]);
  expect(await ids({ statuses: ['disabled', 'expired'] })).toEqual([disabled.id, expired.id]);
  expect(await ids({ projectId: newId<'project'>() })).toEqual([]);
  expect((await keys.findMany([test_.id, newId<'apiKey'>()])).map(({ id }) => id)).toEqual([test_.id]);
});

test('the time of last use only moves forward', async () => {
  const at = Date.now();
  expect(await keys.touchLastUsed([tenant.apiKeyId], at)).toBe(1);
  expect(await keys.touchLastUsed([tenant.apiKeyId], at - 1)).toBe(0);
  expect((await keys.find(tenant.apiKeyId))?.lastUsedAtMs).toBe(at);
});

test('two keys cannot have one digest', async () => {
  const digest = randomBytes(32);
  await makeKey({ digest });
  await expect(makeKey({ digest })).rejects.toThrow('Unique constraint');
});

test('every change leaves exactly one audit entry with what changed, and without the secret', async () => {
  const key = await makeKey({ allowedModels: ['openai/*'] });
  await keys.update(key.id, { name: 'Renamed' }, tenant.by);
  await keys.disable(key.id, tenant.by);
  await keys.enable(key.id, tenant.by);
  await keys.revoke(key.id, tenant.by);
  await keys.revoke(key.id, tenant.by);
  await keys.touchLastUsed([key.id], Date.now());
  const entries = (await repositories.audit.list({ limit: 100 })).filter(({ targetId }) => targetId === key.id);
  expect(entries.map(({ action, detail }) => [action, detail])).toEqual([
    ['api_key.revoked', {}],
    ['api_key.enabled', {}],
    ['api_key.disabled', {}],
    ['api_key.updated', { name: 'Renamed' }],
    [
      'api_key.created',
      {
        projectId: tenant.projectId,
        kind: 'inference',
        mode: 'live',
        prefix: key.prefix,
        name: 'Production',
        allowedModels: ['openai/*'],
      },
    ],
  ]);
  expect(entries[0]).toMatchObject({ actorType: 'member', actorId: tenant.memberId, ip: '192.0.2.7' });
});
