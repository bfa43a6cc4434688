import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findDrift } from './diff.ts';
import { migrate } from './migrate.ts';

const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** A database on the same server, for its owner's rights; every test makes its own empty ones. */
let server: TestDatabase;
let admin: pg.Pool;
let folder: string;
let allMigrations: readonly string[];
const made: string[] = [];

beforeAll(async () => {
  server = await createTestDatabase();
  admin = new pg.Pool({ connectionString: server.ownerUrl, max: 2 });
  allMigrations = (await readdir(migrationsFolder)).filter((name) => /^\d/.test(name)).sort();
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'turnpike-migrations-'));
  await cp(migrationsFolder, folder, { recursive: true });
});

afterAll(async () => {
  for (const name of made) {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }
  await admin.end();
  await server.drop();
});

async function emptyDatabase(owner?: string): Promise<string> {
  const name = `migrate_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name} ${owner === undefined ? '' : `OWNER ${owner}`}`);
  made.push(name);
  const url = new URL(server.ownerUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function query(url: string, sql: string): Promise<readonly pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
}

test('an empty database gets every migration, the partitions and the tables that the schema declares', async () => {
  const url = await emptyDatabase();
  expect((await migrate({ url })).applied).toEqual(allMigrations);
  expect(await findDrift(url)).toBe('');
  expect(await query(url, `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'partitions'`)).toEqual([
    { n: 4 },
  ]);
});

test('migrating again changes nothing', async () => {
  expect(await migrate({ url: server.ownerUrl })).toEqual({ applied: [], createdPartitions: 0, rolesWithLogin: [] });
});

test('of two processes that migrate at once, one does it and the other waits', async () => {
  const url = await emptyDatabase();
  const results = await Promise.all([migrate({ url }), migrate({ url }), migrate({ url })]);
  expect(results.flatMap(({ applied }) => applied)).toEqual(allMigrations);
});

test('new partitions are no drift, a changed table is, and the difference is SQL', async () => {
  const url = await emptyDatabase();
  await migrate({ url });
  await query(url, 'SELECT app.ensure_usage_partitions(12)');
  expect(await findDrift(url)).toBe('');
  await query(url, 'ALTER TABLE project ADD COLUMN surprise integer');
  expect(await findDrift(url)).toContain('ALTER TABLE "project" DROP COLUMN "surprise"');
  const diff = promisify(execFile)(process.execPath, ['--conditions=@turnpike/source', main, 'diff'], {
    env: { ...process.env, DATABASE_URL: url },
  });
  await expect(diff).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('surprise') });
});

test('a migration that was edited after it was applied is refused', async () => {
  const file = path.join(folder, allMigrations[1] ?? '', 'migration.sql');
  await writeFile(file, `${await readFile(file, 'utf8')}\n-- edited\n`);
  await expect(migrate({ url: server.ownerUrl, migrationsFolder: folder })).rejects.toThrow(
    `edited after they were applied: ${allMigrations[1]}`,
  );
});

test('a database of a newer version is left alone', async () => {
  await rm(path.join(folder, allMigrations.at(-1) ?? ''), { recursive: true });
  await expect(migrate({ url: server.ownerUrl, migrationsFolder: folder })).rejects.toThrow('newer version');
});

test('a migration that fails leaves nothing behind, and runs when it is corrected', async () => {
  const url = await emptyDatabase();
  await addMigration('20990101000000_add_thing', 'CREATE TABLE thing (id int); SELECT broken;');
  await expect(migrate({ url, migrationsFolder: folder })).rejects.toThrow(
    'Migration 20990101000000_add_thing failed: column "broken" does not exist.',
  );
  expect(await query(url, `SELECT to_regclass('thing') AS thing`)).toEqual([{ thing: null }]);
  await addMigration('20990101000000_add_thing', 'CREATE TABLE thing (id int);');
  expect((await migrate({ url, migrationsFolder: folder })).applied).toEqual(['20990101000000_add_thing']);
  expect((await migrate({ url, migrationsFolder: folder })).applied).toEqual([]);
});

test('a migration that was interrupted is left for a person to look at', async () => {
  const url = await emptyDatabase();
  await migrate({ url });
  await query(url, `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${allMigrations[2]}'`);
  await expect(migrate({ url })).rejects.toThrow(`Migration ${allMigrations[2]} was interrupted`);
});

test('an owner who may not create roles is told what an administrator must run, and migrates after it', async () => {
  const owner = `weak_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'weak-password'`);
  const url = new URL(await emptyDatabase(owner));
  url.username = owner;
  url.password = 'weak-password';
  try {
    await expect(migrate({ url: url.href })).rejects.toThrow(`GRANT turnpike_definer TO "${owner}";`);
    await admin.query(`GRANT turnpike_definer TO ${owner}`);
    expect((await migrate({ url: url.href })).applied).toEqual(allMigrations);
    await expect(migrate({ url: url.href, rolePasswords: { app: 'no-right-to' } })).rejects.toThrow(
      'may not set the password of role turnpike_app',
    );
    expect(await query(url.href, 'SELECT count(*)::int AS n FROM organization')).toEqual([{ n: 0 }]);
  } finally {
    await admin.query(`DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
    made.splice(made.indexOf(url.pathname.slice(1)), 1);
    await admin.query(`DROP ROLE ${owner}`);
  }
});

test('a role gets the login that it is given, and its password is stored as a verifier only', async () => {
  const { password } = new URL(server.urls.app);
  const result = await migrate({ url: server.ownerUrl, rolePasswords: { app: decodeURIComponent(password) } });
  expect(result.rolesWithLogin).toEqual(['app']);
  expect(await query(server.urls.app, 'SELECT current_user AS me')).toEqual([{ me: 'turnpike_app' }]);
  const [row] = await query(server.ownerUrl, `SELECT rolpassword FROM pg_authid WHERE rolname = 'turnpike_app'`);
  expect(String(row?.['rolpassword'])).toMatch(/^SCRAM-SHA-256\$/);
});

test('a database that is not there, or a wrong password, is said in a sentence', async () => {
  const nowhere = new URL(server.ownerUrl);
  nowhere.pathname = '/not_there';
  await expect(migrate({ url: nowhere.href })).rejects.toThrow('does not exist');
  const unreachable = new URL(server.ownerUrl);
  unreachable.port = '1';
  await expect(migrate({ url: unreachable.href })).rejects.toThrow('cannot be reached');
});
