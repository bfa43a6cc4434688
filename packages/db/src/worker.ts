import type { OrganizationId } from '@turnpike/core/ids';
import { createPool, type ConnectionOptions } from './connection.ts';
import {
  accountState,
  postTransaction,
  postUsage,
  type LedgerPosting,
  type PostedDelta,
  type UsagePosting,
} from './posting.ts';
import {
  ledgerDeltaFromRow,
  ledgerDeltasSql,
  type LedgerDeltaRecord,
  type LedgerDeltaRow,
} from './repositories/ledger-deltas.ts';
import type { AccountState } from './repositories/ledger.ts';
import { publishOutbox, type OutboxEventRecord } from './repositories/outbox.ts';
import { noteLastUse, pruneOutbox, pruneSessions } from './upkeep.ts';

/** Postgres as role `worker`: jobs that work for all tenants, and the only writer of postings. */
export interface WorkerDatabase {
  /** See `postUsage` of `posting.ts`. */
  postUsage(maxBatches: number): Promise<UsagePosting>;
  /** See `postTransaction` of `posting.ts`. */
  postTransaction(posting: LedgerPosting): Promise<PostedDelta | undefined>;
  /** Undefined when there is no such organization. */
  accountState(organizationId: OrganizationId): Promise<AccountState | undefined>;
  /** The ledger transactions of an organization after a number, in order, at most a thousand. */
  ledgerDeltas(organizationId: OrganizationId, afterSeq: bigint): Promise<readonly LedgerDeltaRecord[]>;
  /** See `publishOutbox` of `outbox.ts`. */
  publishOutbox(limit: number, tell: (events: readonly OutboxEventRecord[]) => Promise<void>): Promise<number>;
  /** Makes partitions of usage for so many months ahead; returns how many were missing. */
  ensureUsagePartitions(monthsAhead: number): Promise<number>;
  /** See `noteLastUse` of `upkeep.ts`. */
  noteLastUse(batchIds: readonly string[]): Promise<number>;
  /** See `pruneSessions` of `upkeep.ts`. */
  pruneSessions(beforeMs: number): Promise<number>;
  /** See `pruneOutbox` of `upkeep.ts`. */
  pruneOutbox(beforeMs: number): Promise<number>;
  /** Throws when Postgres does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connects on first use. `url` is the login of role `worker`. */
export function createWorkerDatabase(options: Omit<ConnectionOptions, 'schema'>): WorkerDatabase {
  const pool = createPool(options);
  return {
    postUsage: (maxBatches) => postUsage(pool, maxBatches),
    postTransaction: (posting) => postTransaction(pool, posting),
    accountState: (organizationId) => accountState(pool, organizationId),
    ledgerDeltas: async (organizationId, afterSeq) => {
      const { text, values } = ledgerDeltasSql(organizationId, afterSeq);
      const { rows } = await pool.query<LedgerDeltaRow>(text, values);
      return rows.map(ledgerDeltaFromRow);
    },
    publishOutbox: (limit, tell) => publishOutbox(pool, limit, tell),
    ensureUsagePartitions: async (monthsAhead) => {
      const { rows } = await pool.query<{ created: number }>('SELECT app.ensure_usage_partitions($1) AS created', [
        monthsAhead,
      ]);
      return rows[0]?.created ?? 0;
    },
    noteLastUse: (batchIds) => noteLastUse(pool, batchIds),
    pruneSessions: (beforeMs) => pruneSessions(pool, beforeMs),
    pruneOutbox: (beforeMs) => pruneOutbox(pool, beforeMs),
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
}
