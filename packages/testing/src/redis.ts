import { Redis } from 'ioredis';
import { inject } from 'vitest';
import './provided.ts';

/** An empty logical database that no other test file uses. Published messages are seen by all databases of the server. */
export interface TestRedis {
  /** Selects the database, so that any client made of it sees only this one. */
  readonly url: string;
  /** Removes every key, for a fresh start between tests. */
  flush(): Promise<void>;
  /** Empties the database and closes the harness's own connection. */
  close(): Promise<void>;
}

/**
 * Takes a logical database for a test file. Works in the integration project only (`*.it.test.ts`); call it in
 * `beforeAll` and `close` in `afterAll`.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const { url, databases } = inject('redis');
  // Database 0 only counts; the others are given out in turn, and there are more of them than test files run at once.
  const counter = new Redis(url);
  const ticket = await counter.incr('next-test-database');
  await counter.quit();
  const own = new URL(url);
  own.pathname = `/${1 + (ticket % (databases - 1))}`;
  const client = new Redis(own.href);
  await client.flushdb();
  return {
    url: own.href,
    flush: async () => {
      await client.flushdb();
    },
    close: async () => {
      await client.flushdb();
      await client.quit();
    },
  };
}
