import { nanoUsd } from '@turnpike/core/money';
import { createTestRedis } from '@turnpike/testing/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bucketOf } from './bucket.ts';
import { type ConnectedRedis, connectTo, holdOf, keyLimit, loadPosted, newOrganizationId } from './fixtures/holds.ts';
import { capture, hold, readAccount } from './hold-store.ts';
import type { HoldEntry } from './hold-types.ts';
import type { RedisConnection } from './redis-client.ts';

let connected: ConnectedRedis;
const gateways: RedisConnection[] = [];
beforeAll(async () => {
  connected = await connectTo(await createTestRedis());
  gateways.push(connected.redis, await connected.connectAgain(), await connected.connectAgain());
});
afterAll(() => connected.close());

const gatewayOf = (index: number): RedisConnection => gateways[index % gateways.length] ?? connected.redis;

function holdAll(count: number, amount: bigint, entries?: readonly HoldEntry[]) {
  const organizationId = newOrganizationId();
  const requests = Array.from({ length: count }, () => holdOf(organizationId, amount, entries));
  return {
    organizationId,
    requests,
    run: () => Promise.all(requests.map((request, index) => hold(gatewayOf(index), request))),
  };
}

test('admits exactly 100 of 500 concurrent calls on a balance that pays for 100', async () => {
  const { organizationId, requests, run } = holdAll(500, 7n);
  await loadPosted(connected.redis, organizationId, 706n);
  const results = await run();
  expect(results.filter(({ outcome }) => outcome === 'held')).toHaveLength(100);
  expect(results.filter(({ outcome }) => outcome === 'refused')).toHaveLength(400);
  expect(await readAccount(connected.redis, organizationId)).toMatchObject({ heldNanoUsd: 700n });

  const held = requests.filter((_request, index) => results[index]?.outcome === 'held');
  await Promise.all(
    held.map(({ requestId }, index) =>
      capture(gatewayOf(index), bucketOf(organizationId), [
        { organizationId, requestId, nanoUsd: nanoUsd(7n), tokens: undefined },
      ]),
    ),
  );
  expect(await readAccount(connected.redis, organizationId)).toMatchObject({
    heldNanoUsd: 0n,
    unpostedNanoUsd: 700n,
    spendableNanoUsd: 6n,
  });
});

test('admits exactly the limit of requests and of concurrency from many gateways at once', async () => {
  for (const kind of ['requests', 'concurrency'] as const) {
    const { organizationId, run } = holdAll(300, 0n, [keyLimit('race', kind, 50, 3_600_000)]);
    await loadPosted(connected.redis, organizationId, 0n);
    const results = await run();
    expect(results.filter(({ outcome }) => outcome === 'held')).toHaveLength(50);
  }
});

test('reserves tokens for exactly as many calls as the limit has room for', async () => {
  const organizationId = newOrganizationId();
  await loadPosted(connected.redis, organizationId, 0n);
  const entries = [keyLimit('race', 'tokens', 1_000, 3_600_000)];
  const results = await Promise.all(
    Array.from({ length: 200 }, (_, index) => hold(gatewayOf(index), holdOf(organizationId, 0n, entries, 30))),
  );
  expect(results.filter(({ outcome }) => outcome === 'held')).toHaveLength(33);
});
