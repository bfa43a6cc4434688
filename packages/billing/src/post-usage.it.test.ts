import { nanoUsd } from '@turnpike/core/money';
import { newId } from '@turnpike/db/new-id';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { createTestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis } from '@turnpike/testing/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creditNanoUsd, openBooks, type Books } from './fixtures/books.ts';
import { postUsage, type PostUsagePorts } from './post-usage.ts';

let books: Books;
let ports: PostUsagePorts;

beforeAll(async () => {
  books = await openBooks({ database: await createTestDatabase(), redis: await createTestRedis() });
  ports = { database: books.worker, redis: books.redis, logger: createSilentLogger() };
});

afterAll(() => books.close());

describe('postUsage', () => {
  it('moves usage into the ledger, and Redis follows without a change of what is available', async () => {
    const customer = await books.customer();
    await books.spend(customer, [700n, 300n]);
    await books.load(customer);
    const before = await books.inRedis(customer);
    expect(before).toMatchObject({ postedNanoUsd: creditNanoUsd, unpostedNanoUsd: 1_000n, postedSequence: 1 });
    await postUsage(ports);
    const after = await books.inRedis(customer);
    expect(after).toMatchObject({ postedNanoUsd: creditNanoUsd - 1_000n, unpostedNanoUsd: 0n, postedSequence: 2 });
    expect(after?.spendableNanoUsd).toBe(before?.spendableNanoUsd);
    expect(await books.worker.accountState(customer.organizationId)).toMatchObject({
      postedNanoUsd: creditNanoUsd - 1_000n,
      unpostedUsageNanoUsd: 0n,
      ledgerSeq: 2n,
    });
  });

  it('posts once, however often it runs and however many run it at once', async () => {
    const customer = await books.customer();
    await books.load(customer);
    for (let batch = 0; batch < 120; batch += 1) {
      await books.spend(customer, [1n]);
    }
    const changed = await Promise.all([postUsage(ports), postUsage(ports), postUsage(ports)]);
    expect(changed.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    expect(await postUsage(ports)).toBe(0);
    const state = await books.worker.accountState(customer.organizationId);
    expect(state).toMatchObject({
      postedNanoUsd: creditNanoUsd - 120n,
      unpostedUsageNanoUsd: 0n,
      postedUsageNanoUsd: 120n,
    });
    expect(await books.inRedis(customer)).toMatchObject({
      postedNanoUsd: creditNanoUsd - 120n,
      postedSequence: Number(state?.ledgerSeq),
    });
  });

  it('closes the gap when Redis missed a transaction', async () => {
    const customer = await books.customer();
    await books.load(customer);
    await books.worker.postTransaction({
      organizationId: customer.organizationId,
      sourceType: 'payment',
      sourceId: newId<'ledgerTransaction'>(),
      description: 'Top-up',
      entries: [
        { account: 'prepaid', amountNanoUsd: nanoUsd(10_000n) },
        { account: 'payment_clearing', amountNanoUsd: nanoUsd(-10_000n) },
      ],
    });
    await books.spend(customer, [500n]);
    await postUsage(ports);
    expect(await books.inRedis(customer)).toMatchObject({
      postedNanoUsd: creditNanoUsd + 10_000n - 500n,
      postedSequence: 3,
    });
  });

  it('leaves an account alone that Redis does not hold', async () => {
    const customer = await books.customer();
    await books.spend(customer, [500n]);
    await postUsage(ports);
    expect(await books.inRedis(customer)).toBeUndefined();
    await books.load(customer);
    expect(await books.inRedis(customer)).toMatchObject({ postedNanoUsd: creditNanoUsd - 500n, postedSequence: 2 });
  });

  it('keeps the books when Redis is away, and the next posting brings Redis up to date', async () => {
    const customer = await books.customer();
    await books.load(customer);
    await books.spend(customer, [40n]);
    const gone = books.redis.duplicate();
    gone.disconnect();
    expect(await postUsage({ ...ports, redis: gone })).toBe(1);
    expect(await books.inRedis(customer)).toMatchObject({ postedNanoUsd: creditNanoUsd, postedSequence: 1 });
    await books.spend(customer, [2n]);
    await postUsage(ports);
    expect(await books.inRedis(customer)).toMatchObject({ postedNanoUsd: creditNanoUsd - 42n, postedSequence: 3 });
  });

  it('notes when the key was last used', async () => {
    const customer = await books.customer();
    const { apiKeys } = books.app.forOrganization(customer.organizationId);
    expect((await apiKeys.find(customer.apiKeyId))?.lastUsedAtMs).toBeUndefined();
    await books.spend(customer, [1n]);
    await postUsage(ports);
    expect((await apiKeys.find(customer.apiKeyId))?.lastUsedAtMs).toBeGreaterThan(Date.now() - 60_000);
  });
});
