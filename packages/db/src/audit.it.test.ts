import { createTestDatabase } from '@turnpike/testing/postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTenant, type Tenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';

let databases: TestDatabases;

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

afterAll(async () => {
  await databases.close();
});

/** A tenant with five entries in its chain. */
async function makeChain(): Promise<Tenant> {
  const tenant = await makeTenant(databases.app);
  const { organization } = databases.app.forOrganization(tenant.organizationId);
  for (const name of ['Eins', 'Zwei', 'Drei']) {
    await organization.update({ name }, tenant.by);
  }
  return tenant;
}

const verify = (tenant: Tenant) => databases.app.forOrganization(tenant.organizationId).audit.verify();

/** What an attacker with the rights of the owner could do; the triggers are off. */
async function tamper(sql: string, values: readonly unknown[]): Promise<void> {
  const client = await databases.owner.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(sql, [...values]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

test('an untouched chain is intact', async () => {
  expect(await verify(await makeChain())).toEqual({ isIntact: true, entries: 5n });
});

test('changes at the same moment make one chain', async () => {
  const tenant = await makeTenant(databases.app);
  const { projects } = databases.app.forOrganization(tenant.organizationId);
  await Promise.all(Array.from({ length: 12 }, (_, index) => projects.create(`Project ${index}`, tenant.by)));
  expect(await verify(tenant)).toEqual({ isIntact: true, entries: 14n });
});

test.each([
  ['actor_id', `'somebody-else'`],
  ['action', `'api_key.deleted'`],
  ['detail', `'{"name":"Vier"}'`],
  ['ip', `NULL`],
  ['created_at', `created_at + interval '1 millisecond'`],
  ['target_id', `'x' || target_id`],
  ['hash', `sha256('x')`],
  ['previous_hash', `sha256('x')`],
])('a changed %s is found', async (column, value) => {
  const tenant = await makeChain();
  await tamper(`UPDATE audit_entry SET ${column} = ${value} WHERE organization_id = $1 AND seq = 3`, [
    tenant.organizationId,
  ]);
  expect(await verify(tenant)).toMatchObject({ isIntact: false, brokenAtSeq: 3n });
});

test('a removed entry is found, in the middle and at the end', async () => {
  const [middle, end] = [await makeChain(), await makeChain()];
  await tamper('DELETE FROM audit_entry WHERE organization_id = $1 AND seq = 2', [middle.organizationId]);
  expect(await verify(middle)).toEqual({ isIntact: false, brokenAtSeq: 3n });
  await tamper('DELETE FROM audit_entry WHERE organization_id = $1 AND seq = 5', [end.organizationId]);
  expect(await verify(end)).toEqual({ isIntact: false, brokenAtSeq: 6n });
});

test('an entry cannot be written for another organization, nor past the function', async () => {
  const [own, other] = [await makeTenant(databases.app), await makeTenant(databases.app)];
  const client = new pg.Client({ connectionString: databases.urls.app });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('app.org', $1, true)`, [own.organizationId]);
    await expect(
      client.query(`SELECT app.append_audit($1, $2, 'system', 'x', 'x.y', 'x', 'x', '{}', NULL)`, [
        newId(),
        other.organizationId,
      ]),
    ).rejects.toThrow('belongs to the organization');
    await client.query('ROLLBACK');
    await expect(client.query(`DELETE FROM audit_entry`)).rejects.toThrow('permission denied');
    await expect(
      client.query(`INSERT INTO audit_head (organization_id, seq, hash) VALUES ($1, 0, '')`, [own.organizationId]),
    ).rejects.toThrow('permission denied');
  } finally {
    await client.end();
  }
});

test('the log is read page by page, newest first', async () => {
  const tenant = await makeChain();
  const { audit } = databases.app.forOrganization(tenant.organizationId);
  const all = await audit.list({ limit: 100 });
  expect(all.map(({ seq }) => seq)).toEqual([5n, 4n, 3n, 2n, 1n]);
  expect(all[0]).toMatchObject({ action: 'organization.updated', detail: { name: 'Drei' } });
  expect(await audit.list({ limit: 2, beforeSeq: 4n })).toEqual(all.slice(2, 4));
});
