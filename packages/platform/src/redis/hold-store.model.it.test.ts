import type { OrganizationId, RequestId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createTestRedis } from '@turnpike/testing/redis';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bucketOf } from './bucket.ts';
import { type ConnectedRedis, connectTo, newOrganizationId, newRequestId, prepaid } from './fixtures/holds.ts';
import { capture, hold, loadAccount, postToAccount, readAccount, sweepBucket, voidHolds } from './hold-store.ts';
import type { RedisConnection } from './redis-client.ts';

let connected: ConnectedRedis;
let redis: RedisConnection;
let otherGateway: RedisConnection;
beforeAll(async () => {
  connected = await connectTo(await createTestRedis());
  redis = connected.redis;
  otherGateway = await connected.connectAgain();
});
afterAll(() => connected.close());

/** What one request costs at most and in the end; equal in every repetition, as prices are pinned. */
const requestCosts = [
  { amount: 40n, actual: 25n },
  { amount: 30n, actual: 30n },
  { amount: 50n, actual: 0n },
  { amount: 10n, actual: 60n },
  { amount: 0n, actual: 5n },
  { amount: 100n, actual: 1n },
];
const requestIndex = fc.nat({ max: requestCosts.length - 1 });

type Step =
  | { readonly type: 'hold'; readonly request: number; readonly isShort: boolean }
  | { readonly type: 'capture' | 'void'; readonly requests: readonly number[] }
  | { readonly type: 'sweep' | 'lose' | 'load' }
  | { readonly type: 'post'; readonly skip: number; readonly amount: number };

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('hold'), request: requestIndex, isShort: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('capture'),
      requests: fc.array(requestIndex, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('void'),
      requests: fc.array(requestIndex, { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'sweep' }) },
  { weight: 1, arbitrary: fc.constant({ type: 'lose' }) },
  { weight: 2, arbitrary: fc.constant({ type: 'load' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('post'),
      skip: fc.integer({ min: -2, max: 1 }),
      amount: fc.integer({ min: -20, max: 20 }),
    }),
  },
);

/** The account as one thread would keep it: the meaning of the scripts without Redis. */
class ReferenceAccount {
  account: { posted: bigint; sequence: number; unposted: bigint; behind: number | undefined } | undefined;
  readonly holds = new Map<number, { amount: bigint; isShort: boolean }>();
  readonly tombstones = new Map<number, 'captured' | 'voided' | 'swept'>();

  get held(): bigint {
    return [...this.holds.values()].reduce((sum, { amount }) => sum + amount, 0n);
  }

  hold(request: number, isShort: boolean): string {
    if (this.account === undefined || this.account.behind !== undefined) {
      return 'unknown';
    }
    if (this.tombstones.has(request)) {
      return 'closed';
    }
    if (this.holds.has(request)) {
      return 'held';
    }
    const amount = requestCosts[request]?.amount ?? 0n;
    if (amount > 0n && this.account.posted - this.account.unposted - this.held < amount) {
      return 'refused';
    }
    this.holds.set(request, { amount, isShort });
    return 'held';
  }

  capture(request: number): string {
    const isHeld = this.holds.has(request);
    if (!isHeld && this.tombstones.get(request) === 'captured') {
      return 'duplicate';
    }
    if (this.account === undefined) {
      return 'unknown';
    }
    this.holds.delete(request);
    this.account.unposted += requestCosts[request]?.actual ?? 0n;
    this.tombstones.set(request, 'captured');
    return isHeld ? 'moved' : 'debited';
  }

  void(request: number): void {
    if (this.holds.delete(request) || !this.tombstones.has(request)) {
      this.tombstones.set(request, 'voided');
    }
  }

  sweep(): void {
    for (const [request, { isShort }] of this.holds) {
      if (isShort) {
        this.holds.delete(request);
        this.tombstones.set(request, 'swept');
      }
    }
  }

  lose(): void {
    this.account = undefined;
    this.holds.clear();
    this.tombstones.clear();
  }

  load(): string {
    if (this.account !== undefined) {
      return 'present';
    }
    this.account = { posted: 120n, sequence: 10, unposted: 0n, behind: undefined };
    return 'loaded';
  }

  post(sequence: number, amount: bigint): string {
    if (this.account === undefined) {
      return 'absent';
    }
    if (sequence <= this.account.sequence) {
      return 'stale';
    }
    if (sequence > this.account.sequence + 1) {
      this.account.behind = Math.max(sequence, this.account.behind ?? 0);
      return 'gap';
    }
    this.account.sequence = sequence;
    this.account.posted += amount;
    this.account.unposted += amount;
    if (this.account.behind !== undefined && this.account.behind <= sequence) {
      this.account.behind = undefined;
    }
    return 'applied';
  }
}

class Replay {
  readonly reference = new ReferenceAccount();
  readonly organizationId: OrganizationId = newOrganizationId();
  readonly #requestIds: readonly RequestId[] = requestCosts.map(() => newRequestId());

  #idOf(request: number): RequestId {
    return this.#requestIds[request] ?? newRequestId();
  }

  captureItem(request: number) {
    const actual = nanoUsd(requestCosts[request]?.actual ?? 0n);
    return { organizationId: this.organizationId, requestId: this.#idOf(request), nanoUsd: actual, tokens: undefined };
  }

  holdItem(request: number, isShort: boolean) {
    return {
      organizationId: this.organizationId,
      requestId: this.#idOf(request),
      epoch: 1,
      ttlMs: isShort ? 0 : 60_000,
      nanoUsd: nanoUsd(requestCosts[request]?.amount ?? 0n),
      tokens: 0,
      entries: [prepaid],
    };
  }

  /** Runs a step in Redis and in the reference; the two outcomes must be equal. */
  async run(step: Step): Promise<readonly [actual: unknown, expected: unknown]> {
    const bucket = bucketOf(this.organizationId);
    switch (step.type) {
      case 'hold': {
        const { outcome } = await hold(redis, this.holdItem(step.request, step.isShort));
        return [outcome, this.reference.hold(step.request, step.isShort)];
      }
      case 'capture': {
        const outcomes = await capture(
          redis,
          bucket,
          step.requests.map((request) => this.captureItem(request)),
        );
        return [outcomes, step.requests.map((request) => this.reference.capture(request))];
      }
      case 'void':
        await voidHolds(
          redis,
          bucket,
          step.requests.map((request) => this.captureItem(request)),
        );
        return [undefined, step.requests.map((request) => this.reference.void(request)).at(-1)];
      case 'sweep':
        await sweepBucket(redis, bucket);
        return [undefined, this.reference.sweep()];
      case 'lose':
        await connected.flush();
        return [undefined, this.reference.lose()];
      case 'load': {
        const outcome = await loadAccount(redis, {
          organizationId: this.organizationId,
          epoch: 1,
          postedNanoUsd: nanoUsd(120n),
          postedSequence: 10,
          unpostedNanoUsd: nanoUsd(0n),
          settledRequestIds: [],
        });
        return [outcome, this.reference.load()];
      }
      case 'post': {
        const sequence = (this.reference.account?.sequence ?? 10) + 1 + step.skip;
        const amount = nanoUsd(BigInt(step.amount));
        const delta = { sequence, postedNanoUsd: amount, unpostedNanoUsd: amount };
        const { outcome } = await postToAccount(redis, { organizationId: this.organizationId, ...delta });
        return [outcome, this.reference.post(sequence, amount)];
      }
      default:
        return step satisfies never;
    }
  }

  async figures(): Promise<readonly [actual: unknown, expected: unknown]> {
    const account = await readAccount(redis, this.organizationId);
    const { account: expected, held } = this.reference;
    return [
      account && [account.postedNanoUsd, account.unpostedNanoUsd, account.heldNanoUsd, account.postedSequence],
      expected && [expected.posted, expected.unposted, held, expected.sequence],
    ];
  }
}

test('does what a single-threaded account would do, in any order of hold, capture, void, sweep, post and loss', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { minLength: 1, maxLength: 40 }), async (steps) => {
      const replay = new Replay();
      await replay.run({ type: 'load' });
      for (const step of steps) {
        const [actual, expected] = await replay.run(step);
        expect(actual).toStrictEqual(expected);
        const [account, reference] = await replay.figures();
        expect(account).toStrictEqual(reference);
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('counts every captured request once and holds nothing for it, however two gateways interleave', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('hold', 'capture', 'void', 'sweep'), requestIndex, fc.boolean()), {
        maxLength: 60,
      }),
      async (steps) => {
        const replay = new Replay();
        const bucket = bucketOf(replay.organizationId);
        await replay.run({ type: 'load' });
        await Promise.all(
          steps.map(async ([type, request, isOther]) => {
            const gateway = isOther ? otherGateway : redis;
            if (type === 'hold') {
              await hold(gateway, replay.holdItem(request, isOther));
            } else if (type === 'capture') {
              await capture(gateway, bucket, [replay.captureItem(request)]);
            } else if (type === 'void') {
              await voidHolds(gateway, bucket, [replay.captureItem(request)]);
            } else {
              await sweepBucket(gateway, bucket);
            }
          }),
        );
        const captured = new Set(steps.flatMap(([type, request]) => (type === 'capture' ? [request] : [])));
        const ended = new Set(
          steps.flatMap(([type, request]) => (type === 'capture' || type === 'void' ? [request] : [])),
        );
        const spent = [...captured].reduce((sum, request) => sum + (requestCosts[request]?.actual ?? 0n), 0n);
        await capture(
          redis,
          bucket,
          [...captured].map((request) => replay.captureItem(request)),
        );
        const account = await readAccount(redis, replay.organizationId);
        expect(account?.unpostedNanoUsd).toBe(spent);
        const open = requestCosts.reduce((sum, { amount }, request) => sum + (ended.has(request) ? 0n : amount), 0n);
        expect((account?.heldNanoUsd ?? -1n) <= open).toBe(true);
        expect(account?.heldNanoUsd ?? -1n).toBeGreaterThanOrEqual(0n);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
