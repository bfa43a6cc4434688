import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gatewayConfig } from './config.ts';
import { runGateway } from './run-gateway.ts';

let database: TestDatabase;
let redis: TestRedis;
let folder: string;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  folder = await mkdtemp(join(tmpdir(), 'turnpike-run-'));
});
afterAll(async () => {
  await redis.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

it('stops once and in order, however many signals come', async () => {
  const config = gatewayConfig.parse({
    GATEWAY_ROLES: 'data,control',
    GATEWAY_PORT: String(await freePort()),
    CONTROL_PORT: String(await freePort()),
    DATABASE_URL: database.urls.app,
    METER_DATABASE_URL: database.urls.meter,
    REDIS_URL: redis.url,
    API_KEY_PEPPER: 'a pepper that is used in tests alone',
    SESSION_PEPPER: 'a pepper that is used in tests alone',
    PUBLIC_URL: 'http://localhost:3000',
    SPOOL_DIR: join(folder, 'spool'),
  });
  const signals = new EventEmitter();
  const exits: number[] = [];
  const exited = Promise.withResolvers<void>();
  await runGateway(config, createSilentLogger(), {
    on: (event: string | symbol, listener: Parameters<EventEmitter['on']>[1]) => {
      signals.on(event, listener);
      return process;
    },
    exit(code) {
      exits.push(code);
      exited.resolve();
    },
    pid: process.pid,
  });
  signals.emit('SIGTERM', 'SIGTERM');
  signals.emit('SIGTERM', 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 100));
  signals.emit('SIGINT', 'SIGINT');
  await exited.promise;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(exits).toEqual([0]);
});
