import type { WorkerDatabase } from '@turnpike/db/worker';
import type { Logger } from '@turnpike/platform/log/logger';
import { catchUpAccount } from '@turnpike/platform/redis/catch-up-account';
import { postToAccount } from '@turnpike/platform/redis/hold-store';
import type { LedgerDelta } from '@turnpike/platform/redis/hold-types';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';

export interface PostUsagePorts {
  readonly database: Pick<WorkerDatabase, 'postUsage' | 'ledgerDeltas' | 'noteLastUse'>;
  readonly redis: RedisConnection;
  readonly logger: Logger;
}

/** Batches per database transaction: each holds up to 500 rows, and a lock that is held for long makes others wait. */
const batchesPerPosting = 50;

/**
 * Posts all usage that is not in the ledger yet, then tells Redis of each organization's new balance and notes when
 * keys were last used. Safe to run twice and by several workers at once. Returns how many organizations' books changed.
 * Throws when Postgres fails; when Redis fails the books stand, what is available is unchanged (the usage still counts
 * as unposted there), and the next posting closes the gap.
 */
export async function postUsage(ports: PostUsagePorts): Promise<number> {
  let changed = 0;
  for (;;) {
    const { deltas, batchIds, isDrained } = await ports.database.postUsage(batchesPerPosting);
    changed += deltas.length;
    for (const delta of deltas) {
      await tellRedis(ports, {
        organizationId: delta.organizationId,
        sequence: Number(delta.ledgerSeq),
        postedNanoUsd: delta.deltaNanoUsd,
        unpostedNanoUsd: delta.deltaNanoUsd,
      });
    }
    // After the books are closed: a date that is lost with the process is noted again at the key's next use.
    await ports.database.noteLastUse(batchIds);
    if (isDrained) {
      return changed;
    }
  }
}

/** Applies a ledger transaction to the account in Redis; closes the gap when transactions before it are missing. */
async function tellRedis({ database, redis, logger }: PostUsagePorts, delta: LedgerDelta): Promise<void> {
  try {
    const { outcome } = await postToAccount(redis, delta);
    if (outcome === 'gap') {
      await catchUpAccount(redis, delta.organizationId, async (organizationId, afterSequence) => {
        const missing = await database.ledgerDeltas(organizationId, BigInt(afterSequence));
        return missing.map(({ ledgerSeq, ...change }) => ({ organizationId, sequence: Number(ledgerSeq), ...change }));
      });
    }
  } catch (error) {
    logger.error(
      { component: 'posting', organizationId: delta.organizationId, error },
      'Redis was not told of a posting; the next one closes the gap.',
    );
  }
}
