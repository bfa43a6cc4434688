import { randomBytes } from 'node:crypto';
import { nanoUsd } from '@turnpike/core/money';
import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';

let databases: TestDatabases;

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

afterAll(async () => {
  await databases.close();
});

const person = {
  name: 'Grace Hopper',
  passwordHash: '$argon2id$v=19$grace',
  organizationName: 'Ärzte & Söhne',
  trialCreditNanoUsd: nanoUsd(5_000_000_000n),
  ip: '192.0.2.1',
};

test('signing up makes a person, an organization, its default project, its owner and its credit', async () => {
  const made = await databases.app.signUp({ ...person, email: '  Grace@Example.com ' });
  if (made.outcome !== 'created') throw new Error('The address is taken.');
  const repositories = databases.app.forOrganization(made.organizationId);
  expect(await repositories.organization.find()).toMatchObject({
    name: 'Ärzte & Söhne',
    slug: `arzte-sohne-${made.organizationId.slice(-8)}`,
    status: 'active',
    billingMode: 'prepaid',
    allowsUnlistedModels: false,
  });
  expect(await repositories.projects.list()).toMatchObject([{ id: made.projectId, name: 'Default', isDefault: true }]);
  expect(await repositories.members.list()).toMatchObject([
    { id: made.memberId, userId: made.userId, role: 'owner', name: 'Grace Hopper', email: 'grace@example.com' },
  ]);
  expect(await repositories.ledger.accountState()).toMatchObject({ postedNanoUsd: 5_000_000_000n, ledgerSeq: 1n });
  expect(await repositories.audit.list({ limit: 5 })).toMatchObject([
    { action: 'organization.created', actorType: 'system', actorId: 'sign-up', ip: '192.0.2.1' },
  ]);
  expect(await databases.app.findUserByEmail('GRACE@example.com ')).toEqual({
    userId: made.userId,
    name: 'Grace Hopper',
    status: 'active',
    passwordHash: '$argon2id$v=19$grace',
  });
});

test('a taken address opens nothing at all', async () => {
  await databases.app.signUp({ ...person, email: 'taken@example.com' });
  const countAll = async () =>
    (
      await databases.owner.query(
        'SELECT (SELECT count(*) FROM organization) AS o, (SELECT count(*) FROM app_user) AS u',
      )
    ).rows;
  const before = await countAll();
  expect(await databases.app.signUp({ ...person, email: 'TAKEN@example.com' })).toEqual({ outcome: 'email-taken' });
  expect(await countAll()).toEqual(before);
});

test('of ten sign-ups with one address at once, one succeeds', async () => {
  const results = await Promise.all(
    Array.from({ length: 10 }, () => databases.app.signUp({ ...person, email: 'race@example.com' })),
  );
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
});

test('without credit to give, the books stay empty', async () => {
  const made = await databases.app.signUp({ ...person, email: 'poor@example.com', trialCreditNanoUsd: nanoUsd(0n) });
  if (made.outcome !== 'created') throw new Error('The address is taken.');
  const { ledger } = databases.app.forOrganization(made.organizationId);
  expect(await ledger.accountState()).toEqual({
    postedNanoUsd: 0n,
    ledgerSeq: 0n,
    unpostedUsageNanoUsd: 0n,
    postedUsageNanoUsd: 0n,
  });
});

test('a session is found by its digest until it is revoked or over, with where its person belongs', async () => {
  const tenant = await makeTenant(databases.app);
  const user = databases.app.forUser(tenant.userId);
  const digest = randomBytes(32);
  const expiresAtMs = Date.now() + 60_000;
  const id = await user.createSession({ digest, expiresAtMs, ip: '192.0.2.1', userAgent: 'x'.repeat(1_000) });
  expect(await databases.app.findSession(digest)).toMatchObject({
    sessionId: id,
    userId: tenant.userId,
    email: tenant.email,
    expiresAtMs,
    memberships: [{ memberId: tenant.memberId, organizationId: tenant.organizationId, role: 'owner' }],
  });
  const seenAtMs = Date.now() + 5_000;
  expect(await user.touchSession(id, seenAtMs)).toBe(true);
  expect(await databases.app.findSession(digest)).toMatchObject({ lastSeenAtMs: seenAtMs });
  expect(await user.revokeSession(id)).toBe(true);
  expect(await user.revokeSession(id)).toBe(false);
  expect(await user.touchSession(id, seenAtMs)).toBe(false);
  expect(await databases.app.findSession(digest)).toBeUndefined();
  const over = randomBytes(32);
  await user.createSession({ digest: over, expiresAtMs: Date.now() - 1, ip: undefined, userAgent: undefined });
  expect(await databases.app.findSession(over)).toBeUndefined();
});

test('a disabled person has no session', async () => {
  const tenant = await makeTenant(databases.app);
  const digest = randomBytes(32);
  await databases.app
    .forUser(tenant.userId)
    .createSession({ digest, expiresAtMs: Date.now() + 60_000, ip: undefined, userAgent: undefined });
  await databases.owner.query(`UPDATE app_user SET status = 'disabled' WHERE id = $1`, [tenant.userId]);
  expect(await databases.app.findSession(digest)).toBeUndefined();
  expect(await databases.app.findUserByEmail(tenant.email)).toMatchObject({ status: 'disabled' });
});

test('one person cannot touch the sessions or the password of another', async () => {
  const [ada, eve] = [await makeTenant(databases.app), await makeTenant(databases.app)];
  const digest = randomBytes(32);
  const sessionId = await databases.app
    .forUser(ada.userId)
    .createSession({ digest, expiresAtMs: Date.now() + 60_000, ip: undefined, userAgent: undefined });
  const asEve = databases.app.forUser(eve.userId);
  expect(await asEve.revokeSession(sessionId)).toBe(false);
  expect(await asEve.touchSession(sessionId, 0)).toBe(false);
  expect(await asEve.revokeAllSessions()).toEqual([]);
  expect(await databases.app.findSession(digest)).toBeDefined();
  await asEve.setPasswordHash('$argon2id$eve');
  expect((await databases.app.findUserByEmail(ada.email))?.passwordHash).not.toBe('$argon2id$eve');
  expect((await databases.app.findUserByEmail(eve.email))?.passwordHash).toBe('$argon2id$eve');
});

test('a person in two organizations sees both, and each with the role there', async () => {
  const [home, client] = [await makeTenant(databases.app, 'Home'), await makeTenant(databases.app, 'Client')];
  await databases.owner.query(
    `INSERT INTO member (id, organization_id, user_id, role, updated_at) VALUES ($1, $2, $3, 'finance', now())`,
    [newId(), client.organizationId, home.userId],
  );
  const user = databases.app.forUser(home.userId);
  expect((await user.memberships()).map(({ role, organization }) => [organization.name, role])).toEqual([
    ['Home', 'owner'],
    ['Client', 'finance'],
  ]);
  expect(await user.find()).toMatchObject({ id: home.userId, email: home.email, name: 'Ada' });
  expect(await databases.app.forUser(newId<'user'>()).find()).toBeUndefined();
});

test('what is unknown before a tenant is known is unknown', async () => {
  expect(await databases.app.findSession(randomBytes(32))).toBeUndefined();
  expect(await databases.app.findUserByEmail('nobody@example.com')).toBeUndefined();
  await databases.app.ping();
});
