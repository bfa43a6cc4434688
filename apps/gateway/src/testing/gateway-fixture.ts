import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createSilentLogger } from '@turnpike/platform/log/logger';
import { startSandbox, type Sandbox } from '@turnpike/sandbox/server';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { Redis } from 'ioredis';
import pg from 'pg';

import { gatewayConfig } from '../config.ts';
import type { RunningFace } from '../run-gateway.ts';
import { startDataPlane } from '../start-data-plane.ts';
import { addModel, createTenant, type TestModel, type TestTenant, type TestTenantOptions } from './tenant.ts';

/** A data plane over real Postgres, Redis, disk and HTTP, with the sandbox behind two providers. */
export interface GatewayFixture {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  readonly owner: pg.Pool;
  readonly truthFile: string;
  createTenant(options?: TestTenantOptions): Promise<TestTenant>;
  /** Says something on a Redis channel, as the control plane does. */
  publish(channel: string, message: string): Promise<void>;
  stop(): Promise<void>;
}

const pepper = 'a pepper that is used in tests alone';

/** The models of the fixture: `acme/duo` is served twice, the dearer endpoint by `groq`. */
const models: readonly TestModel[] = [
  {
    slug: 'acme/duo',
    endpoints: [
      { providerId: 'openai', protocol: 'openai-chat', input: 1_000_000_000n, output: 2_000_000_000n },
      { providerId: 'groq', protocol: 'openai-chat', input: 3_000_000_000n, output: 4_000_000_000n },
    ],
  },
  {
    slug: 'acme/solo',
    endpoints: [{ providerId: 'openai', protocol: 'openai-chat', input: 1_000_000_000n, output: 2_000_000_000n }],
  },
  {
    slug: 'acme/sonnet',
    endpoints: [
      { providerId: 'anthropic', protocol: 'anthropic-messages', input: 3_000_000_000n, output: 15_000_000_000n },
    ],
  },
  {
    slug: 'acme/vectors',
    operation: 'embeddings',
    endpoints: [{ providerId: 'openai', protocol: 'openai-embeddings', input: 20_000_000n, output: 0n }],
  },
];

/** Starts it; `env` overrides single variables of the gateway. */
export async function startGatewayFixture(env: Readonly<Record<string, string>> = {}): Promise<GatewayFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'turnpike-gateway-'));
  const truthFile = join(folder, 'truth.jsonl');
  const [database, redis, sandbox, port] = await Promise.all([
    createTestDatabase(),
    createTestRedis(),
    startSandbox({ truthFile }),
    freePort(),
  ]);
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 4 });
  for (const model of models) {
    await addModel(owner, model);
  }
  const config = gatewayConfig.parse({
    GATEWAY_ROLES: 'data',
    GATEWAY_PORT: String(port),
    DATABASE_URL: database.urls.app,
    METER_DATABASE_URL: database.urls.meter,
    REDIS_URL: redis.url,
    API_KEY_PEPPER: pepper,
    SESSION_PEPPER: pepper,
    SPOOL_DIR: join(folder, 'spool'),
    SANDBOX_URL: sandbox.url,
    ALLOW_PRIVATE_UPSTREAMS: 'true',
    OPENAI_API_KEY: 'upstream-key',
    OPENAI_BASE_URL: `${sandbox.url}/v1`,
    GROQ_API_KEY: 'upstream-key',
    GROQ_BASE_URL: `${sandbox.url}/v1`,
    ANTHROPIC_API_KEY: 'upstream-key',
    ANTHROPIC_BASE_URL: `${sandbox.url}/v1`,
    UPSTREAM_FIRST_CONTENT_TIMEOUT_MS: '1000',
    UPSTREAM_IDLE_TIMEOUT_MS: '1000',
    ...env,
  });
  const face: RunningFace = await startDataPlane(config, createSilentLogger(), {
    on: () => process,
    exit: failOnExit,
    pid: process.pid,
  });
  return {
    url: `http://127.0.0.1:${port}`,
    sandbox,
    database,
    redis,
    owner,
    truthFile,
    createTenant: (options) => createTenant(owner, pepper, options),
    async publish(channel, message) {
      const redisClient = new Redis(redis.url);
      await redisClient.publish(channel, message);
      await redisClient.quit();
    },
    async stop() {
      await face.stop(2_000);
      await sandbox.close();
      await owner.end();
      await redis.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function failOnExit(): never {
  throw new Error('The gateway under test wanted to exit.');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('No port.')),
      );
    });
  });
}
