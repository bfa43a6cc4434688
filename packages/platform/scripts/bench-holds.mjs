// REDIS_URL=redis://… node --conditions=@turnpike/source packages/platform/scripts/bench-holds.mjs
// Pairs of hold and capture per second against one Redis, with 1, 4 and 8 entries. Writes to that Redis.
import { randomBytes } from 'node:crypto';
import { mintId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { Secret } from '@turnpike/platform/config/secret';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { bucketOf } from '@turnpike/platform/redis/bucket';
import { capture, hold, loadAccount } from '@turnpike/platform/redis/hold-store';
import { closeConnection, createBackgroundConnection, waitUntilReady } from '@turnpike/platform/redis/redis-client';

const parallel = 64;
const durationMs = 3_000;
const newId = () => mintId(Date.now(), randomBytes(10));

const redis = createBackgroundConnection({
  url: new Secret(process.env.REDIS_URL ?? ''),
  name: 'bench',
  logger: createSilentLogger(),
});
await waitUntilReady(redis, 5_000);

function entriesOf(count) {
  const kinds = ['requests', 'tokens', 'concurrency'];
  const limits = Array.from({ length: count - 1 }, (_, index) => {
    const kind = kinds[index % kinds.length];
    const limit = { scope: 'key', kind, limit: 1_000_000_000, windowMs: kind === 'concurrency' ? 0 : 60_000 };
    return { type: 'rate', scopeId: `scope-${index}`, limit };
  });
  return [...limits, { type: 'balance', floorNanoUsd: nanoUsd(0n) }];
}

async function measure(entryCount) {
  const entries = entriesOf(entryCount);
  const organizationId = newId();
  await loadAccount(redis, {
    organizationId,
    epoch: 1,
    postedNanoUsd: nanoUsd(1_000_000_000_000_000n),
    postedSequence: 0,
    unpostedNanoUsd: nanoUsd(0n),
    settledRequestIds: [],
  });
  const bucket = bucketOf(organizationId);
  const waits = [];
  let batch = [];
  /** @type {Promise<void> | undefined} */
  let sending;
  const settle = async () => {
    while (batch.length > 0) {
      const items = batch;
      batch = [];
      await capture(redis, bucket, items);
    }
    sending = undefined;
  };
  const startedAt = performance.now();
  const caller = async () => {
    while (performance.now() - startedAt < durationMs) {
      const requestId = newId();
      const before = performance.now();
      const request = {
        organizationId,
        requestId,
        epoch: 1,
        ttlMs: 60_000,
        nanoUsd: nanoUsd(1_000n),
        tokens: 500,
        entries,
      };
      const { outcome } = await hold(redis, request);
      waits.push(performance.now() - before);
      if (outcome !== 'held') {
        throw new Error(`The hold was ${outcome}.`);
      }
      batch.push({ organizationId, requestId, nanoUsd: nanoUsd(700n), tokens: 300 });
      sending ??= settle();
    }
  };
  const usedBefore = await usedCpuSeconds();
  await Promise.all(Array.from({ length: parallel }, caller));
  await sending;
  const seconds = (performance.now() - startedAt) / 1_000;
  const redisMicroseconds = ((await usedCpuSeconds()) - usedBefore) * 1e6;
  waits.sort((left, right) => left - right);
  const at = (share) => waits[Math.floor(waits.length * share)].toFixed(2);
  process.stdout.write(
    `${entryCount} entries: ${Math.round(waits.length / seconds)} pairs/s, hold p50 ${at(0.5)} p99 ${at(0.99)} ms, ` +
      `Redis ${(redisMicroseconds / waits.length).toFixed(1)} us CPU per pair\n`,
  );
}

async function usedCpuSeconds() {
  const info = await redis.info('cpu');
  return ['sys', 'user'].reduce(
    (sum, kind) => sum + Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1]),
    0,
  );
}

for (const entryCount of [1, 4, 8]) {
  await measure(entryCount);
}
await closeConnection(redis);
