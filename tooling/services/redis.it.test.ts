import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis as Client } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../network/ports.ts';
import { startRedis, startStandIn, type Redis } from './redis.ts';

let folder = '';
const running: Redis[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-redis-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((redis) => redis.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Redis> {
  const redis = await startRedis({ dataDir: folder, log: () => {} });
  running.push(redis);
  return redis;
}

async function ask<Answer>(url: string, question: (client: Client) => Promise<Answer>): Promise<Answer> {
  const client = new Client(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

it('keeps keys when it is stopped and started again', async () => {
  const first = await start();
  await ask(first.url, (client) => client.set('kept', 'here'));
  await first.stop();
  const second = await start();
  expect(await ask(second.url, (client) => client.get('kept'))).toBe('here');
});

it('never evicts, and writes every second of work to disk', async () => {
  const { url } = await start();
  const setting = (name: string) => ask(url, (client) => client.config('GET', name));
  expect(await setting('maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  expect(await setting('appendonly')).toEqual(['appendonly', 'yes']);
  expect(await setting('appendfsync')).toEqual(['appendfsync', 'everysec']);
});

it('lets nobody in without the password, which only its owner can read', async () => {
  const { url, port } = await start();
  await expect(ask(`redis://127.0.0.1:${port}`, (client) => client.get('a'))).rejects.toThrow(/NOAUTH/);
  expect(await ask(url, (client) => client.ping())).toBe('PONG');
  expect(statSync(join(folder, 'redis.conf')).mode & 0o077).toBe(0);
});

it('says in a sentence that a given address is none', async () => {
  const mistaken = { dataDir: folder, givenUrl: 'localhost:6379', log: () => {} };
  await expect(startRedis(mistaken)).rejects.toThrow('REDIS_URL is not a Redis address');
});

it('has a stand-in that runs scripts, for machines without Redis', async () => {
  const said: string[] = [];
  const standIn = await startStandIn({ dataDir: folder, log: (text) => said.push(text) }, await freePort());
  running.push(standIn);
  expect(standIn.isStandIn).toBe(true);
  expect(said.join()).toContain('Install redis-server');
  expect(
    await ask(standIn.url, (client) => client.eval("return redis.call('INCRBY', KEYS[1], ARGV[1])", 1, 'n', 5)),
  ).toBe(5);
});
