import type { OrganizationId } from '@turnpike/core/ids';
import { nanoUsd, zeroUsd, type NanoUsd } from '@turnpike/core/money';
import { Prisma } from '../generated/client.ts';

/** What one ledger transaction changed, for a copy of the balance that missed it. */
export interface LedgerDeltaRecord {
  readonly ledgerSeq: bigint;
  /** Change of the funding account. */
  readonly postedNanoUsd: NanoUsd;
  /** Change of the usage that is recorded and not posted: minus what a usage posting took over. */
  readonly unpostedNanoUsd: NanoUsd;
}

export interface LedgerDeltaRow {
  readonly ledger_seq: bigint | string;
  readonly source_type: string;
  readonly amount: bigint | string;
}

/** A copy that is further behind asks again. */
const maxDeltas = 1_000;

/** The transactions of an organization after a number, in order. */
export function ledgerDeltasSql(organizationId: OrganizationId, afterSeq: bigint): Prisma.Sql {
  return Prisma.sql`
    SELECT t.ledger_seq, t.source_type,
           coalesce(sum(e.amount_nano_usd) FILTER (WHERE a.kind IN ('prepaid', 'receivable')), 0)::bigint AS amount
      FROM ledger_transaction t
      JOIN ledger_entry e ON e.transaction_id = t.id
      JOIN ledger_account a ON a.id = e.account_id
     WHERE t.organization_id = ${organizationId}::uuid AND t.ledger_seq > ${afterSeq}
     GROUP BY t.ledger_seq, t.source_type ORDER BY t.ledger_seq LIMIT ${maxDeltas}`;
}

/** Reads a row of `ledgerDeltasSql`. */
export function ledgerDeltaFromRow(row: LedgerDeltaRow): LedgerDeltaRecord {
  const posted = nanoUsd(BigInt(row.amount));
  return {
    ledgerSeq: BigInt(row.ledger_seq),
    postedNanoUsd: posted,
    unpostedNanoUsd: row.source_type === 'usage_posting' ? posted : zeroUsd,
  };
}
