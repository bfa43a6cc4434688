import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: unknown }>(statement);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

it('gives a database with every migration applied', async () => {
  const pending = 'SELECT count(*)::int AS answer FROM _prisma_migrations WHERE finished_at IS NULL';
  const applied = 'SELECT count(*)::int AS answer FROM _prisma_migrations';
  expect(await ask(database.ownerUrl, pending)).toBe(0);
  expect(await ask(database.ownerUrl, applied)).toBeGreaterThan(0);
});

it.each(['app', 'meter', 'worker', 'operator', 'dashboard'] as const)(
  "lets the role %s log in as itself, without the owner's power",
  async (role) => {
    expect(await ask(database.urls[role], 'SELECT current_user AS answer')).toBe(`turnpike_${role}`);
    const isPowerful = 'SELECT rolsuper OR rolbypassrls AS answer FROM pg_roles WHERE rolname = current_user';
    expect(await ask(database.urls[role], isPowerful)).toBe(false);
  },
);

it('keeps what one test file writes from another', async () => {
  const other = await createTestDatabase();
  try {
    await ask(database.ownerUrl, 'CREATE TABLE only_here (id int)');
    const count = "SELECT count(*)::int AS answer FROM pg_tables WHERE tablename = 'only_here'";
    expect(await ask(database.ownerUrl, count)).toBe(1);
    expect(await ask(other.ownerUrl, count)).toBe(0);
  } finally {
    await other.drop();
  }
});
