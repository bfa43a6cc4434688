import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAttempt, makeTenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';

let databases: TestDatabases;

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

afterAll(() => databases.close());

describe('noteLastUse', () => {
  test('notes the latest use of each key and never moves it back', async () => {
    const tenant = await makeTenant(databases.app);
    const lastUse = async () =>
      (await databases.app.forOrganization(tenant.organizationId).apiKeys.find(tenant.apiKeyId))?.lastUsedAtMs;
    const ship = async (atMs: readonly number[]) => {
      const id = newId<'usageBatch'>();
      const rows = atMs.map((at) => makeAttempt(tenant, { atMs: at }));
      await databases.meter.insertUsageBatch({ id, instanceId: newId<'instance'>(), rows });
      return id;
    };
    const now = Date.now();
    expect(await databases.worker.noteLastUse([await ship([now - 5_000, now - 1_000])])).toBe(1);
    expect(await lastUse()).toBe(now - 1_000 + 1);
    expect(await databases.worker.noteLastUse([await ship([now - 9_000])])).toBe(0);
    expect(await lastUse()).toBe(now - 1_000 + 1);
    expect(await databases.worker.noteLastUse([])).toBe(0);
  });

  test('does not wait for a key that somebody is changing', async () => {
    const tenant = await makeTenant(databases.app);
    const id = newId<'usageBatch'>();
    await databases.meter.insertUsageBatch({ id, instanceId: newId<'instance'>(), rows: [makeAttempt(tenant)] });
    const client = await databases.owner.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM api_key WHERE id = $1 FOR UPDATE', [tenant.apiKeyId]);
    expect(await databases.worker.noteLastUse([id])).toBe(0);
    await client.query('ROLLBACK');
    client.release();
    expect(await databases.worker.noteLastUse([id])).toBe(1);
  });
});

describe('pruneSessions', () => {
  test('removes what ended before the moment and nothing else', async () => {
    const { userId } = await makeTenant(databases.app);
    const user = databases.app.forUser(userId);
    const day = 86_400_000;
    const begin = (expiresAtMs: number, byte: number) =>
      user.createSession({ digest: new Uint8Array(32).fill(byte), expiresAtMs, ip: undefined, userAgent: undefined });
    const expired = await begin(Date.now() - 2 * day, 1);
    const live = await begin(Date.now() + 2 * day, 2);
    const revoked = await begin(Date.now() + 2 * day, 3);
    await user.revokeSession(revoked);
    expect(await databases.worker.pruneSessions(Date.now() - day)).toBe(1);
    const left = async () =>
      (await databases.owner.query<{ id: string }>('SELECT id FROM session ORDER BY id')).rows.map(({ id }) => id);
    expect(await left()).toStrictEqual([live, revoked]);
    expect(await left()).not.toContain(expired);
    expect(await databases.worker.pruneSessions(Date.now() + day)).toBe(1);
    expect(await left()).toStrictEqual([live]);
  });
});

describe('pruneOutbox', () => {
  test('removes events that were told, and keeps those that were not', async () => {
    const tenant = await makeTenant(databases.app);
    const ship = () =>
      databases.meter.insertUsageBatch({
        id: newId<'usageBatch'>(),
        instanceId: newId<'instance'>(),
        rows: [makeAttempt(tenant)],
      });
    await ship();
    expect(await databases.worker.publishOutbox(100, () => Promise.resolve())).toBeGreaterThan(0);
    await ship();
    expect(await databases.worker.pruneOutbox(Date.now() + 1_000)).toBeGreaterThan(0);
    const { rows } = await databases.owner.query<{ waiting: number; told: number }>(
      'SELECT count(*) FILTER (WHERE published_at IS NULL)::int AS waiting, count(published_at)::int AS told FROM outbox_event',
    );
    expect(rows).toStrictEqual([{ waiting: 1, told: 0 }]);
  });
});
