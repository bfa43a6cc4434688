import { GatewayError } from '@turnpike/core/errors';
import { createTestRedis, type TestRedis } from '@turnpike/testing/redis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../config/secret.ts';
import { createSilentLogger } from '../log/logger.ts';
import { type StallableProxy, startStallableProxy } from './fixtures/stallable-proxy.ts';
import { closeConnection, createCallConnection, type RedisConnection, waitUntilReady } from './redis-client.ts';
import { createResponsiveRedis, type ResponsiveRedis } from './responsive-redis.ts';

let server: TestRedis;
let proxy: StallableProxy;
let connection: RedisConnection;
let redis: ResponsiveRedis;

beforeEach(async () => {
  server = await createTestRedis();
  proxy = await startStallableProxy(server.url);
  connection = createCallConnection({ url: new Secret(proxy.url), name: 'calls', logger: createSilentLogger() });
  await waitUntilReady(connection, 5_000);
  redis = createResponsiveRedis(connection, { timeoutMs: 100 });
});
afterEach(async () => {
  redis.close();
  proxy.resume();
  await closeConnection(connection);
  proxy.close();
  await server.close();
});

async function failureOf(command: () => Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const startedAt = performance.now();
  const error: unknown = await command().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - startedAt };
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const unavailable = expect.objectContaining({ code: 'service_unavailable', status: 503, retryAfterSeconds: 1 });

describe('createResponsiveRedis', () => {
  test('gives what Redis answers', async () => {
    expect(await redis.run((client) => client.set('a', '1'))).toBe('OK');
    expect(await redis.run((client) => client.get('a'))).toBe('1');
  });

  test('passes on the errors of a wrong command', async () => {
    await redis.run((client) => client.set('a', 'text'));
    const { error } = await failureOf(() => redis.run((client) => client.incr('a')));
    expect(error).not.toBeInstanceOf(GatewayError);
    expect(String(error)).toContain('ERR');
  });

  test('waits for a hanging Redis once, refuses at once after that, and recovers by itself', async () => {
    proxy.stall();
    expect((await failureOf(() => redis.run((client) => client.ping()))).error).toStrictEqual(unavailable);
    expect(redis.isAnswering()).toBe(false);
    const second = await failureOf(() => redis.run((client) => client.ping()));
    expect(second.error).toStrictEqual(unavailable);
    expect(second.ms).toBeLessThan(50);
    proxy.resume();
    await waitUntil(() => redis.isAnswering());
    expect(await redis.run((client) => client.ping())).toBe('PONG');
  });

  test('refuses at once while the connection is down, and works again on a new one', async () => {
    proxy.cut();
    await waitUntil(() => connection.status !== 'ready');
    expect((await failureOf(() => redis.run((client) => client.ping()))).error).toStrictEqual(unavailable);
    proxy.resume();
    await waitUntil(() => connection.status === 'ready');
    expect(await redis.run((client) => client.ping())).toBe('PONG');
  });

  test('does not call Redis late when it was the own process that was busy', async () => {
    const answer = redis.run((client) => client.ping());
    const until = performance.now() + 200;
    while (performance.now() < until) {
      // Keeps the loop busy past the deadline.
    }
    expect(await answer).toBe('PONG');
  });
});
