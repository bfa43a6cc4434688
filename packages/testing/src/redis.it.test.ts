import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { createTestRedis } from './redis.ts';

it('gives every caller an empty database of its own, and leaves nothing behind', async () => {
  const [first, second] = await Promise.all([createTestRedis(), createTestRedis()]);
  expect(first.url).not.toBe(second.url);
  const client = new Redis(first.url);
  const neighbour = new Redis(second.url);
  try {
    expect(await client.dbsize()).toBe(0);
    await client.set('a', '1');
    expect(await neighbour.get('a')).toBeNull();
    await first.flush();
    expect(await client.dbsize()).toBe(0);
    await client.set('b', '1');
    await first.close();
    expect(await client.dbsize()).toBe(0);
  } finally {
    await second.close();
    client.disconnect();
    neighbour.disconnect();
  }
});

it('runs Redis as production does: it refuses to evict', async () => {
  const redis = await createTestRedis();
  const client = new Redis(redis.url);
  try {
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  } finally {
    client.disconnect();
    await redis.close();
  }
});
