import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure } from '../failure.ts';
import { removePostgresData, startPostgres, type Postgres } from './postgres.ts';

let folder = '';
const running: Postgres[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-pg-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  removePostgresData(join(folder, 'data'));
  rmSync(folder, { recursive: true, force: true });
});

async function start(dataDir = join(folder, 'data'), port?: number): Promise<Postgres> {
  const postgres = await startPostgres({
    dataDir,
    isDurable: false,
    log: () => {},
    ...(port === undefined ? {} : { port }),
  });
  running.push(postgres);
  return postgres;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

it('keeps data and password when it is started again', async () => {
  const first = await start();
  await query(first.ownerUrl, "CREATE TABLE kept AS SELECT 'here' AS word");
  await first.stop();
  const second = await start();
  expect(await query(second.ownerUrl, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  expect(new URL(second.ownerUrl).password).toBe(new URL(first.ownerUrl).password);
});

it('listens on the loopback interface only, and lets nobody in without the password', async () => {
  const { ownerUrl } = await start();
  expect(await query(ownerUrl, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  const url = new URL(ownerUrl);
  url.password = 'guessed';
  await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
});

it('sorts and compares text in UTF-8, the same on every machine', async () => {
  const { ownerUrl } = await start();
  expect(await query(ownerUrl, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  expect(await query(ownerUrl, "SELECT 'B' < 'a' AS by_code_point")).toEqual([{ by_code_point: true }]);
});

it('refuses to run twice on the same data', async () => {
  await start();
  const failure = await start().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(String(failure)).toContain('Another Postgres already runs');
});

it.runIf(process.getuid?.() === 0)('runs as root below a folder that others may not enter', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const dataDir = join(closed, 'data');
  try {
    const first = await start(dataDir);
    await query(first.ownerUrl, 'CREATE TABLE kept (id int)');
    await first.stop();
    const second = await start(dataDir);
    expect(await query(second.ownerUrl, 'SELECT count(*)::int AS tables FROM kept')).toEqual([{ tables: 0 }]);
    await second.stop();
  } finally {
    removePostgresData(dataDir);
  }
});

it('takes a server that is given and leaves it alone', async () => {
  const own = await start();
  const given = await startPostgres({ dataDir: join(folder, 'unused'), givenUrl: own.ownerUrl, log: () => {} });
  await given.stop();
  expect(await query(own.ownerUrl, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
});

it('says in a sentence that a given address is none', async () => {
  const mistaken = { dataDir: join(folder, 'unused'), givenUrl: 'localhost:5432', log: () => {} };
  await expect(startPostgres(mistaken)).rejects.toThrow('DATABASE_URL is not a Postgres address');
});
