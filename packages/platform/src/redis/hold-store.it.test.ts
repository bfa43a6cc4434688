import type { OrganizationId, RequestId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createTestRedis } from '@turnpike/testing/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bucketOf } from './bucket.ts';
import {
  type ConnectedRedis,
  connectTo,
  holdOf,
  keyLimit,
  loadPosted,
  newOrganizationId,
  prepaid,
} from './fixtures/holds.ts';
import { capture, hold, sweepBucket, voidHolds } from './hold-store.ts';
import type { RedisConnection } from './redis-client.ts';

let connected: ConnectedRedis;
let redis: RedisConnection;
let organizationId: OrganizationId;

beforeAll(async () => {
  connected = await connectTo(await createTestRedis());
  redis = connected.redis;
});
afterAll(() => connected.close());
beforeEach(() => {
  organizationId = newOrganizationId();
});

const load = (posted: bigint, figures?: Parameters<typeof loadPosted>[3]) =>
  loadPosted(redis, organizationId, posted, figures);

function captureOne(requestId: RequestId, amount: bigint, tokens?: number) {
  const item = { organizationId, requestId, nanoUsd: nanoUsd(amount), tokens };
  return capture(redis, bucketOf(organizationId), [item]).then(([outcome]) => outcome);
}

describe('hold', () => {
  test('is unknown until the account is loaded, and under another epoch', async () => {
    expect(await hold(redis, holdOf(organizationId, 1n))).toMatchObject({ outcome: 'unknown', reason: 'missing' });
    await load(100n);
    expect(await hold(redis, { ...holdOf(organizationId, 1n), epoch: 2 })).toMatchObject({
      outcome: 'unknown',
      reason: 'epoch',
      storedEpoch: 1,
    });
    expect(await hold(redis, holdOf(organizationId, 1n))).toMatchObject({ outcome: 'held' });
  });

  test('takes the amount from what is available and refuses one nano-dollar more', async () => {
    await load(100n, { unpostedNanoUsd: nanoUsd(10n) });
    expect(await hold(redis, holdOf(organizationId, 60n))).toMatchObject({
      outcome: 'held',
      balance: { spendableNanoUsd: 90n, heldNanoUsd: 60n },
    });
    expect(await hold(redis, holdOf(organizationId, 31n))).toMatchObject({
      outcome: 'refused',
      entry: prepaid,
      retryAfterMs: 1000,
      balance: { spendableNanoUsd: 90n, heldNanoUsd: 60n },
    });
    expect(await hold(redis, holdOf(organizationId, 30n))).toMatchObject({ outcome: 'held' });
  });

  test('says that waiting does not help when the balance itself is too small', async () => {
    await load(100n);
    expect(await hold(redis, holdOf(organizationId, 101n))).toMatchObject({
      outcome: 'refused',
      retryAfterMs: undefined,
    });
  });

  test('admits what costs nothing although the balance is negative', async () => {
    await load(-5n);
    expect(await hold(redis, holdOf(organizationId, 0n))).toMatchObject({ outcome: 'held' });
    expect(await hold(redis, holdOf(organizationId, 1n))).toMatchObject({ outcome: 'refused' });
  });

  test('reaches below zero down to the floor of a credit line, and anywhere without a balance entry', async () => {
    await load(0n);
    const creditLine = { type: 'balance', floorNanoUsd: nanoUsd(-50n) } as const;
    expect(await hold(redis, holdOf(organizationId, 51n, [creditLine]))).toMatchObject({ outcome: 'refused' });
    expect(await hold(redis, holdOf(organizationId, 50n, [creditLine]))).toMatchObject({ outcome: 'held' });
    expect(await hold(redis, holdOf(organizationId, 1_000n, []))).toMatchObject({
      outcome: 'held',
      balance: { spendableNanoUsd: 0n, heldNanoUsd: 1_050n },
    });
  });

  test('is exact at the largest amounts that doubles hold, and refuses larger ones before Redis', async () => {
    const most = 2n ** 53n - 1n;
    await load(most);
    expect(await hold(redis, holdOf(organizationId, most - 1n))).toMatchObject({ outcome: 'held' });
    expect(await hold(redis, holdOf(organizationId, 2n))).toMatchObject({ outcome: 'refused' });
    expect(await hold(redis, holdOf(organizationId, 1n))).toMatchObject({ balance: { heldNanoUsd: most } });
    await expect(hold(redis, holdOf(organizationId, most + 1n))).rejects.toThrow(RangeError);
    await expect(hold(redis, holdOf(organizationId, -1n))).rejects.toThrow(RangeError);
  });

  test('takes nothing twice when it is repeated', async () => {
    await load(100n);
    const entries = [prepaid, keyLimit('k', 'requests', 5), keyLimit('k', 'concurrency', 1)];
    const request = holdOf(organizationId, 60n, entries);
    const first = await hold(redis, request);
    const again = await hold(redis, request);
    expect(again).toMatchObject({ outcome: 'held', balance: { heldNanoUsd: 60n } });
    expect(first).toMatchObject({ rateLimits: [{ remaining: 4 }, { remaining: 0 }] });
    expect(again).toMatchObject({ rateLimits: [{ remaining: 4 }, { remaining: 0 }] });
  });

  test('takes nothing from any limit when one of them refuses, and reports how all stand', async () => {
    await load(100n);
    const entries = [keyLimit('k', 'requests', 5), keyLimit('k', 'tokens', 1_000), prepaid];
    expect(await hold(redis, holdOf(organizationId, 101n, entries, 400))).toMatchObject({
      outcome: 'refused',
      entry: prepaid,
      rateLimits: [
        { kind: 'requests', limit: 5, remaining: 5, resetMs: 0 },
        { kind: 'tokens', limit: 1_000, remaining: 1_000, resetMs: 0 },
      ],
    });
  });

  test('counts upwards in every bucket, so that lost writes show', async () => {
    await load(100n);
    const counters = [];
    for (let index = 0; index < 3; index += 1) {
      counters.push((await hold(redis, holdOf(organizationId, 1n))).counter);
    }
    expect(counters[1]).toBeGreaterThan(counters[0] ?? 0);
    expect(counters[2]).toBeGreaterThan(counters[1] ?? 0);
  });
});

describe('rate limits', () => {
  test('admit exactly the limit at once, then say when the next request fits', async () => {
    await load(0n);
    const entries = [keyLimit('k', 'requests', 3)];
    for (const remaining of [2, 1, 0]) {
      expect(await hold(redis, holdOf(organizationId, 0n, entries))).toMatchObject({ rateLimits: [{ remaining }] });
    }
    const refused = await hold(redis, holdOf(organizationId, 0n, entries));
    expect(refused).toMatchObject({ outcome: 'refused', entry: entries[0], rateLimits: [{ remaining: 0 }] });
    const waitMs = refused.outcome === 'refused' ? (refused.retryAfterMs ?? 0) : 0;
    expect(waitMs).toBeGreaterThan(15_000);
    expect(waitMs).toBeLessThanOrEqual(20_000);
  });

  test('refill with time, by the clock of Redis', async () => {
    await load(0n);
    const entries = [keyLimit('k', 'requests', 2, 200)];
    await hold(redis, holdOf(organizationId, 0n, entries));
    await hold(redis, holdOf(organizationId, 0n, entries));
    const refused = await hold(redis, holdOf(organizationId, 0n, entries));
    expect(refused).toMatchObject({ outcome: 'refused' });
    await new Promise((resolve) => setTimeout(resolve, 110));
    expect(await hold(redis, holdOf(organizationId, 0n, entries))).toMatchObject({ outcome: 'held' });
  });

  test('reserve tokens and give back at capture what was not used', async () => {
    await load(0n);
    const entries = [keyLimit('k', 'tokens', 1_000, 3_600_000)];
    const first = holdOf(organizationId, 0n, entries, 900);
    expect(await hold(redis, first)).toMatchObject({ rateLimits: [{ remaining: 100 }] });
    expect(await hold(redis, holdOf(organizationId, 0n, entries, 200))).toMatchObject({ outcome: 'refused' });
    await captureOne(first.requestId, 0n, 300);
    expect(await hold(redis, holdOf(organizationId, 0n, entries, 200))).toMatchObject({
      rateLimits: [{ remaining: 500 }],
    });
  });

  test('let a call that used more than it reserved leave a debt that later calls wait for', async () => {
    await load(0n);
    const entries = [keyLimit('k', 'tokens', 1_000, 3_600_000)];
    const first = holdOf(organizationId, 0n, entries, 1_000);
    await hold(redis, first);
    await captureOne(first.requestId, 0n, 1_500);
    const refused = await hold(redis, holdOf(organizationId, 0n, entries, 1));
    expect(refused).toMatchObject({ outcome: 'refused', rateLimits: [{ remaining: 0 }] });
    expect(refused.outcome === 'refused' && (refused.retryAfterMs ?? 0)).toBeGreaterThan(1_750_000);
  });

  test('say that a request larger than the limit never fits', async () => {
    await load(0n);
    const entries = [keyLimit('k', 'tokens', 1_000)];
    expect(await hold(redis, holdOf(organizationId, 0n, entries, 1_001))).toMatchObject({
      outcome: 'refused',
      retryAfterMs: undefined,
    });
  });

  test('of zero refuse everything', async () => {
    await load(0n);
    for (const kind of ['requests', 'tokens', 'concurrency'] as const) {
      expect(await hold(redis, holdOf(organizationId, 0n, [keyLimit('zero', kind, 0)], 1))).toMatchObject({
        outcome: 'refused',
        retryAfterMs: undefined,
      });
    }
  });

  test.each(['capture', 'void', 'sweep'] as const)('of concurrency are free again after %s', async (ending) => {
    await load(100n);
    const entries = [keyLimit('k', 'concurrency', 1)];
    const first = { ...holdOf(organizationId, 5n, entries), ttlMs: ending === 'sweep' ? 30 : 60_000 };
    await hold(redis, first);
    expect(await hold(redis, holdOf(organizationId, 5n, entries))).toMatchObject({
      outcome: 'refused',
      retryAfterMs: 1000,
    });
    if (ending === 'capture') {
      await captureOne(first.requestId, 1n);
    } else if (ending === 'void') {
      await voidHolds(redis, bucketOf(organizationId), [first]);
    } else {
      await new Promise((resolve) => setTimeout(resolve, 40));
      await sweepBucket(redis, bucketOf(organizationId));
    }
    expect(await hold(redis, holdOf(organizationId, 5n, entries))).toMatchObject({ outcome: 'held' });
  });

  test('take over a lowered limit at once', async () => {
    await load(0n);
    await hold(redis, holdOf(organizationId, 0n, [keyLimit('k', 'requests', 10)]));
    expect(await hold(redis, holdOf(organizationId, 0n, [keyLimit('k', 'requests', 1)]))).toMatchObject({
      outcome: 'held',
      rateLimits: [{ limit: 1, remaining: 0 }],
    });
    expect(await hold(redis, holdOf(organizationId, 0n, [keyLimit('k', 'requests', 1)]))).toMatchObject({
      outcome: 'refused',
    });
  });

  test('that make no sense are refused before Redis', async () => {
    for (const entry of [
      keyLimit('k', 'requests', -1),
      keyLimit('k', 'requests', 1.5),
      keyLimit('k', 'tokens', 5, 0),
    ]) {
      await expect(hold(redis, holdOf(organizationId, 0n, [entry]))).rejects.toThrow(RangeError);
    }
  });
});
