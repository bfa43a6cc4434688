import type { OrganizationId, RequestId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createTestRedis } from '@turnpike/testing/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bucketOf } from './bucket.ts';
import { catchUpAccount } from './catch-up-account.ts';
import {
  type ConnectedRedis,
  connectTo,
  holdOf,
  keyLimit,
  loadPosted,
  newOrganizationId,
  newRequestId,
} from './fixtures/holds.ts';
import { capture, extendHold, hold, postToAccount, readAccount, sweepBucket, voidHolds } from './hold-store.ts';
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

const account = () => readAccount(redis, organizationId);

describe('capture', () => {
  test('moves the actual amount from held to unposted, once', async () => {
    await load(100n);
    const request = holdOf(organizationId, 60n);
    await hold(redis, request);
    expect(await captureOne(request.requestId, 42n)).toBe('moved');
    expect(await captureOne(request.requestId, 42n)).toBe('duplicate');
    expect(await account()).toMatchObject({ unpostedNanoUsd: 42n, heldNanoUsd: 0n, spendableNanoUsd: 58n });
  });

  test('debits directly after a sweep, and once', async () => {
    await load(100n);
    const request = { ...holdOf(organizationId, 60n), ttlMs: 0 };
    await hold(redis, request);
    expect(await sweepBucket(redis, bucketOf(organizationId))).toStrictEqual({
      swept: [{ organizationId, requestId: request.requestId }],
      hasMore: false,
    });
    expect(await account()).toMatchObject({ heldNanoUsd: 0n });
    expect(await captureOne(request.requestId, 42n)).toBe('debited');
    expect(await captureOne(request.requestId, 42n)).toBe('duplicate');
    expect(await account()).toMatchObject({ unpostedNanoUsd: 42n, heldNanoUsd: 0n });
  });

  test('debits a request that Redis has never heard of', async () => {
    await load(100n);
    expect(await captureOne(newRequestId(), 7n)).toBe('debited');
    expect(await account()).toMatchObject({ unpostedNanoUsd: 7n });
  });

  test('does nothing while the account is not loaded', async () => {
    const requestId = newRequestId();
    expect(await captureOne(requestId, 7n)).toBe('unknown');
    await load(100n);
    expect(await captureOne(requestId, 7n)).toBe('debited');
  });

  test('does not count again what the loaded figures hold already', async () => {
    const requestId = newRequestId();
    await load(100n, { unpostedNanoUsd: nanoUsd(7n), settledRequestIds: [requestId] });
    expect(await captureOne(requestId, 7n)).toBe('duplicate');
    expect(await account()).toMatchObject({ unpostedNanoUsd: 7n });
  });

  test('takes many requests of a bucket in one call and answers in their order', async () => {
    await load(100n);
    const [known, other] = [holdOf(organizationId, 10n), holdOf(organizationId, 10n)];
    await hold(redis, known);
    await hold(redis, other);
    const items = [known.requestId, known.requestId, newRequestId(), other.requestId].map((requestId) => ({
      organizationId,
      requestId,
      nanoUsd: nanoUsd(3n),
      tokens: undefined,
    }));
    expect(await capture(redis, bucketOf(organizationId), items)).toStrictEqual([
      'moved',
      'duplicate',
      'debited',
      'moved',
    ]);
    expect(await account()).toMatchObject({ unpostedNanoUsd: 9n, heldNanoUsd: 0n });
  });

  test('keeps its tombstones a day, and no longer than they are needed', async () => {
    await load(100n);
    const request = holdOf(organizationId, 1n);
    await hold(redis, request);
    await captureOne(request.requestId, 1n);
    const key = (await redis.keys('*:t:*')).find((name) => name.startsWith(`{b${bucketOf(organizationId)}}`));
    const ttlMs = await redis.pttl(key ?? '');
    expect(ttlMs).toBeGreaterThan(86_400_000);
    expect(ttlMs).toBeLessThanOrEqual(87_000_000);
  });
});

describe('void', () => {
  test('releases the hold without a charge, and refuses a hold that arrives after it', async () => {
    await load(100n);
    const [held, late] = [holdOf(organizationId, 60n), holdOf(organizationId, 60n)];
    await hold(redis, held);
    await voidHolds(redis, bucketOf(organizationId), [held, held, late]);
    expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 0n });
    expect(await hold(redis, late)).toMatchObject({ outcome: 'closed' });
    expect(await hold(redis, held)).toMatchObject({ outcome: 'closed' });
  });

  test('gives reserved tokens back', async () => {
    await load(0n);
    const entries = [keyLimit('k', 'tokens', 1_000, 3_600_000)];
    const request = holdOf(organizationId, 0n, entries, 900);
    await hold(redis, request);
    await voidHolds(redis, bucketOf(organizationId), [request]);
    expect(await hold(redis, holdOf(organizationId, 0n, entries, 1))).toMatchObject({
      rateLimits: [{ remaining: 999 }],
    });
  });
});

describe('extend', () => {
  const extension = (requestId: RequestId, amount: bigint) => ({
    organizationId,
    requestId,
    epoch: 1,
    ttlMs: 60_000,
    nanoUsd: nanoUsd(amount),
    floorNanoUsd: nanoUsd(0n),
  });

  test('raises the hold as far as the balance allows', async () => {
    await load(100n);
    const request = holdOf(organizationId, 60n);
    await hold(redis, request);
    expect(await extendHold(redis, extension(request.requestId, 40n))).toStrictEqual({
      outcome: 'extended',
      balance: { spendableNanoUsd: 100n, heldNanoUsd: 100n },
    });
    expect(await extendHold(redis, extension(request.requestId, 1n))).toMatchObject({ outcome: 'refused' });
    expect(await captureOne(request.requestId, 95n)).toBe('moved');
    expect(await account()).toMatchObject({ heldNanoUsd: 0n, unpostedNanoUsd: 95n });
  });

  test('keeps hold and lease from being swept', async () => {
    await load(100n);
    const entries = [keyLimit('k', 'concurrency', 1)];
    const request = { ...holdOf(organizationId, 5n, entries), ttlMs: 30 };
    await hold(redis, request);
    await extendHold(redis, extension(request.requestId, 0n));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await sweepBucket(redis, bucketOf(organizationId))).toMatchObject({ swept: [] });
    expect(await hold(redis, holdOf(organizationId, 5n, entries))).toMatchObject({ outcome: 'refused' });
  });

  test('says that there is nothing to extend', async () => {
    expect(await extendHold(redis, extension(newRequestId(), 1n))).toStrictEqual({ outcome: 'unknown' });
    await load(100n);
    expect(await extendHold(redis, extension(newRequestId(), 1n))).toMatchObject({ outcome: 'gone' });
  });
});

describe('load and post', () => {
  test('loads once per epoch, keeps holds under the same epoch and forgets those of an older one', async () => {
    expect(await load(100n)).toBe('loaded');
    const request = holdOf(organizationId, 60n);
    await hold(redis, request);
    expect(await load(500n)).toBe('present');
    expect(await account()).toMatchObject({ spendableNanoUsd: 100n, heldNanoUsd: 60n });
    expect(await load(80n, { epoch: 2 })).toBe('loaded');
    expect(await account()).toMatchObject({ epoch: 2, spendableNanoUsd: 80n, heldNanoUsd: 0n });
    expect(await load(500n)).toBe('newer');
    expect(await captureOne(request.requestId, 5n)).toBe('debited');
    expect(await account()).toMatchObject({ spendableNanoUsd: 75n, heldNanoUsd: 0n });
  });

  const delta = (sequence: number, posted: bigint, unposted = 0n) =>
    postToAccount(redis, {
      organizationId,
      sequence,
      postedNanoUsd: nanoUsd(posted),
      unpostedNanoUsd: nanoUsd(unposted),
    });

  test('loads an account with hundreds of thousands of settled requests, and counts none of them again', async () => {
    const settledRequestIds = Array.from({ length: 200_000 }, newRequestId);
    expect(await load(100n, { unpostedNanoUsd: nanoUsd(7n), settledRequestIds })).toBe('loaded');
    const ends = [settledRequestIds.at(0), settledRequestIds.at(100_000), settledRequestIds.at(-1)];
    for (const requestId of ends) {
      expect(requestId === undefined ? undefined : await captureOne(requestId, 7n)).toBe('duplicate');
    }
    expect(await account()).toMatchObject({ unpostedNanoUsd: 7n });
  });

  test('leaves no tombstones when the account is there already: its figures may not hold those requests', async () => {
    await load(100n);
    const requestId = newRequestId();
    expect(await load(93n, { settledRequestIds: [requestId] })).toBe('present');
    expect(await captureOne(requestId, 7n)).toBe('debited');
  });

  test('applies ledger transactions once and in order; usage only changes sides', async () => {
    await load(100n, { unpostedNanoUsd: nanoUsd(10n) });
    expect(await delta(4, -10n, -10n)).toStrictEqual({ outcome: 'applied', postedSequence: 4 });
    expect(await account()).toMatchObject({ postedNanoUsd: 90n, unpostedNanoUsd: 0n, spendableNanoUsd: 90n });
    expect(await delta(4, -10n, -10n)).toStrictEqual({ outcome: 'stale', postedSequence: 4 });
    expect(await delta(5, 50n)).toMatchObject({ outcome: 'applied' });
    expect(await account()).toMatchObject({ spendableNanoUsd: 140n, postedSequence: 5 });
  });

  test('answers unknown after a gap until the missing transactions are applied', async () => {
    await load(100n);
    expect(await delta(6, 5n)).toStrictEqual({ outcome: 'gap', postedSequence: 3 });
    expect(await hold(redis, holdOf(organizationId, 1n))).toMatchObject({ outcome: 'unknown', reason: 'behind' });
    await delta(4, 1n);
    await delta(5, 1n);
    expect(await hold(redis, holdOf(organizationId, 1n))).toMatchObject({ outcome: 'unknown', reason: 'behind' });
    await delta(6, 5n);
    expect(await hold(redis, holdOf(organizationId, 1n))).toMatchObject({ outcome: 'held' });
    expect(await account()).toMatchObject({ spendableNanoUsd: 107n });
  });

  test('catches up with the transactions that are missing, and with none twice', async () => {
    await load(100n);
    await delta(4, 1n);
    await delta(7, 1n);
    const asked: number[] = [];
    await catchUpAccount(redis, organizationId, async (_organizationId, afterSequence) => {
      asked.push(afterSequence);
      return [4, 5, 6, 7].map((sequence) => ({
        organizationId,
        sequence,
        postedNanoUsd: nanoUsd(1n),
        unpostedNanoUsd: nanoUsd(0n),
      }));
    });
    expect(asked).toStrictEqual([4]);
    expect(await account()).toMatchObject({ postedSequence: 7, postedNanoUsd: 104n });
    expect(await hold(redis, holdOf(organizationId, 1n))).toMatchObject({ outcome: 'held' });
  });

  test('has nothing to apply to an account that is not loaded', async () => {
    expect(await delta(1, 5n)).toMatchObject({ outcome: 'absent' });
    expect(await account()).toBeUndefined();
  });
});
