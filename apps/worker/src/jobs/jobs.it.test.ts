import { randomBytes } from 'node:crypto';
import { creditNanoUsd, openBooks, type Books } from '@turnpike/billing/fixtures/books';
import { mintId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { ensurePartitions, type JobDefinition } from '@turnpike/platform/queue/job-catalogue';
import { hold } from '@turnpike/platform/redis/hold-store';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis } from '@turnpike/testing/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runEnsurePartitions } from './ensure-partitions.ts';
import { runPostLedger } from './post-ledger.ts';
import { runPruneRecords } from './prune-records.ts';
import { runPublishOutbox } from './publish-outbox.ts';
import { runSweepHolds } from './sweep-holds.ts';

let database: TestDatabase;
let books: Books;
const logger = createSilentLogger();
const nothing = {};

beforeAll(async () => {
  database = await createTestDatabase();
  books = await openBooks({ database, redis: await createTestRedis() });
});

afterAll(() => books.close());

describe('post-ledger', () => {
  it('posts what was shipped, once', async () => {
    const customer = await books.customer();
    await books.spend(customer, [12n, 30n]);
    const ports = { database: books.worker, redis: books.redis, logger };
    await runPostLedger(nothing, ports);
    await runPostLedger(nothing, ports);
    expect(await books.worker.accountState(customer.organizationId)).toMatchObject({
      postedNanoUsd: creditNanoUsd - 42n,
      ledgerSeq: 2n,
    });
  });
});

describe('publish-outbox', () => {
  it('wakes the posting for recorded usage, and has nothing to tell the second time', async () => {
    const customer = await books.customer();
    await books.spend(customer, [1n]);
    const woken: string[] = [];
    const queue = {
      enqueue: <Payload>({ name }: JobDefinition<Payload>): Promise<void> => {
        woken.push(name);
        return Promise.resolve();
      },
    };
    await runPublishOutbox(nothing, { database: books.worker, queue });
    await runPublishOutbox(nothing, { database: books.worker, queue });
    expect(woken).toStrictEqual(['post-ledger']);
  });

  it('keeps the events when the queue cannot be reached', async () => {
    const customer = await books.customer();
    await books.spend(customer, [1n]);
    const broken = { enqueue: () => Promise.reject(new Error('The queue is away.')) };
    await expect(runPublishOutbox(nothing, { database: books.worker, queue: broken })).rejects.toThrow('queue is away');
    const woken: string[] = [];
    const queue = {
      enqueue: <Payload>({ name }: JobDefinition<Payload>): Promise<void> => {
        woken.push(name);
        return Promise.resolve();
      },
    };
    await runPublishOutbox(nothing, { database: books.worker, queue });
    expect(woken).toStrictEqual(['post-ledger']);
  });
});

describe('ensure-partitions', () => {
  it('makes the coming months, and finds them there the second time', async () => {
    const created: (number | undefined)[] = [];
    const counted = {
      ensureUsagePartitions: async (monthsAhead: number): Promise<number> => {
        const count = await books.worker.ensureUsagePartitions(monthsAhead);
        created.push(count);
        return count;
      },
    };
    await runEnsurePartitions(nothing, { database: counted, logger });
    await runEnsurePartitions(nothing, { database: counted, logger });
    // The migration made them already; the job agrees with it about what is needed.
    expect([ensurePartitions.name, created]).toStrictEqual(['ensure-partitions', [0, 0]]);
    expect(await books.worker.ensureUsagePartitions(3)).toBe(1);
  });
});

describe('sweep-holds', () => {
  it('returns the money of a hold that nobody settled, once, and leaves a running call alone', async () => {
    const customer = await books.customer();
    await books.load(customer);
    const { organizationId } = customer;
    const take = (ttlMs: number, amount: bigint) =>
      hold(books.redis, {
        organizationId,
        requestId: mintId<'request'>(Date.now(), randomBytes(10)),
        epoch: 1,
        ttlMs,
        nanoUsd: nanoUsd(amount),
        tokens: 0,
        entries: [{ type: 'balance', floorNanoUsd: nanoUsd(0n) }],
      });
    expect((await take(1, 1_000n)).outcome).toBe('held');
    expect((await take(600_000, 7n)).outcome).toBe('held');
    await expect
      .poll(async () => {
        await runSweepHolds(nothing, { redis: books.redis, logger });
        return (await books.inRedis(customer))?.heldNanoUsd;
      })
      .toBe(7n);
    await runSweepHolds(nothing, { redis: books.redis, logger });
    expect(await books.inRedis(customer)).toMatchObject({ heldNanoUsd: 7n, spendableNanoUsd: creditNanoUsd });
  });

  it('fails when Redis is away, so that it is seen', async () => {
    const gone = books.redis.duplicate();
    gone.disconnect();
    await expect(runSweepHolds(nothing, { redis: gone, logger })).rejects.toThrow(/closed|writeable/i);
  });
});

describe('prune-records', () => {
  it('removes what has been over for a month, and nothing the second time', async () => {
    const removed: number[] = [];
    const counted = {
      pruneSessions: async (beforeMs: number): Promise<number> => {
        removed.push(await books.worker.pruneSessions(beforeMs));
        return removed.at(-1) ?? 0;
      },
      pruneOutbox: (beforeMs: number): Promise<number> => books.worker.pruneOutbox(beforeMs),
    };
    const opened = await books.app.signUp({
      email: 'prune@example.com',
      name: 'Ada',
      passwordHash: '$argon2id$not-checked-here',
      organizationName: 'Prune',
      trialCreditNanoUsd: nanoUsd(0n),
      ip: undefined,
    });
    if (opened.outcome !== 'created') {
      throw new RangeError('The address of a test is taken.');
    }
    const dayMs = 86_400_000;
    await books.app.forUser(opened.userId).createSession({
      digest: randomBytes(32),
      expiresAtMs: Date.now() + 30 * dayMs,
      ip: undefined,
      userAgent: undefined,
    });
    const prune = (nowMs: number) =>
      runPruneRecords(nothing, { database: counted, clock: { nowMs: () => nowMs }, logger });
    await prune(Date.now() + 59 * dayMs);
    await prune(Date.now() + 61 * dayMs);
    await prune(Date.now() + 61 * dayMs);
    expect(removed).toStrictEqual([0, 1, 0]);
  });
});
