import { asId, type Id, type OrganizationId, type RequestId } from '@turnpike/core/ids';
import { nanoUsd, type NanoUsd } from '@turnpike/core/money';
import { Prisma } from '../generated/client.ts';
import { newId } from '../new-id.ts';
import { ledgerDeltaFromRow, ledgerDeltasSql, type LedgerDeltaRecord, type LedgerDeltaRow } from './ledger-deltas.ts';
import { oneOf } from '../row-values.ts';
import type { TenantScope, Transaction } from '../tenant-scope.ts';

/** What an organization has in the ledger and has spent on top of it, all of one moment. */
export interface AccountState {
  /** Balance of its funding account: credit left (prepaid), or minus what it owes (invoiced). */
  readonly postedNanoUsd: NanoUsd;
  /** Number of the last ledger transaction in that balance; 0 before the first. */
  readonly ledgerSeq: bigint;
  /** Charges and corrections that are recorded and not in the ledger yet. */
  readonly unpostedUsageNanoUsd: NanoUsd;
  /** All usage in the ledger. */
  readonly postedUsageNanoUsd: NanoUsd;
}

/** An account's state with the requests that it already counts and whose capture may come late. */
export interface AccountFigures extends AccountState {
  readonly settledRequestIds: readonly RequestId[];
}

export const ledgerSourceTypes = [
  'usage_posting',
  'trial_credit',
  'payment',
  'refund',
  'promo',
  'adjustment',
  'correction',
] as const;

export type LedgerSourceType = (typeof ledgerSourceTypes)[number];

export interface LedgerTransactionRecord {
  readonly id: Id<'ledgerTransaction'>;
  readonly ledgerSeq: bigint;
  readonly sourceType: LedgerSourceType;
  readonly description: string;
  /** What it changed in the funding account. */
  readonly amountNanoUsd: NanoUsd;
  readonly createdAtMs: number;
}

interface AccountStateRow {
  readonly posted: bigint;
  readonly ledger_seq: bigint;
  readonly unposted: bigint;
  readonly used: bigint;
}

/** One statement, so that balance, number and unposted usage are of the same moment while postings go on. */
export function accountStateSql(organizationId: OrganizationId): Prisma.Sql {
  return Prisma.sql`
    SELECT coalesce(funding.balance_nano_usd, 0) AS posted, coalesce(head.ledger_seq, 0) AS ledger_seq,
           coalesce(revenue.balance_nano_usd, 0) AS used,
           (coalesce((SELECT sum(u.charge_nano_usd) FROM usage_batch b JOIN usage_attempt u ON u.batch_id = b.id
                       WHERE b.posted_at IS NULL AND u.organization_id = o.id), 0)
            + coalesce((SELECT sum(c.charge_delta_nano_usd) FROM usage_batch b JOIN usage_correction c ON c.batch_id = b.id
                         WHERE b.posted_at IS NULL AND c.organization_id = o.id), 0))::bigint AS unposted
      FROM organization o
      LEFT JOIN ledger_head head ON head.organization_id = o.id
      LEFT JOIN ledger_account funding ON funding.organization_id = o.id
       AND funding.kind = CASE o.billing_mode WHEN 'invoiced' THEN 'receivable' ELSE 'prepaid' END
      LEFT JOIN ledger_account revenue ON revenue.organization_id = o.id AND revenue.kind = 'revenue'
     WHERE o.id = ${organizationId}::uuid`;
}

/** Reading the books of one organization. */
export function readLedger(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    /** Undefined when there is no such organization. */
    accountState: async (): Promise<AccountState | undefined> => {
      const [row] = await scope.query<AccountStateRow>(accountStateSql(organizationId));
      return row === undefined ? undefined : stateFromRow(row);
    },

    /** The transactions after a number, in order, at most a thousand: for a copy of the balance that missed some. */
    deltasAfter: async (afterSeq: bigint): Promise<readonly LedgerDeltaRecord[]> => {
      const rows = await scope.query<LedgerDeltaRow>(ledgerDeltasSql(organizationId, afterSeq));
      return rows.map(ledgerDeltaFromRow);
    },

    /** Newest first, before `beforeSeq` when it is given. */
    list: async (page: {
      readonly limit: number;
      readonly beforeSeq?: bigint;
    }): Promise<readonly LedgerTransactionRecord[]> => {
      const before = page.beforeSeq === undefined ? Prisma.empty : Prisma.sql`AND t.ledger_seq < ${page.beforeSeq}`;
      const rows = await scope.read(
        (client) => client.$queryRaw<TransactionRow[]>`
        SELECT t.id, t.ledger_seq, t.source_type, t.description, t.created_at,
               coalesce((SELECT sum(e.amount_nano_usd) FROM ledger_entry e
                          JOIN ledger_account a ON a.id = e.account_id
                         WHERE e.transaction_id = t.id AND a.kind IN ('prepaid', 'receivable')), 0)::bigint AS amount
          FROM ledger_transaction t
         WHERE t.organization_id = ${organizationId}::uuid ${before}
         ORDER BY t.ledger_seq DESC LIMIT ${page.limit}`,
      );
      return rows.map((row) => ({
        id: asId<'ledgerTransaction'>(row.id),
        ledgerSeq: row.ledger_seq,
        sourceType: oneOf(ledgerSourceTypes, row.source_type),
        description: row.description,
        amountNanoUsd: nanoUsd(row.amount),
        createdAtMs: row.created_at.getTime(),
      }));
    },
  };
}

function stateFromRow(row: AccountStateRow): AccountState {
  return {
    postedNanoUsd: nanoUsd(row.posted),
    ledgerSeq: row.ledger_seq,
    unpostedUsageNanoUsd: nanoUsd(row.unposted),
    postedUsageNanoUsd: nanoUsd(row.used),
  };
}

interface TransactionRow {
  readonly id: string;
  readonly ledger_seq: bigint;
  readonly source_type: string;
  readonly description: string;
  readonly created_at: Date;
  readonly amount: bigint;
}

/** The books of one organization, with the one posting that the control plane may make. */
export function ledgerRepository(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    ...readLedger(scope),

    /**
     * The account for a cache that begins anew: its state, and the requests that are in it while the news of their end
     * may still be on its way to that cache. One statement, so that no request is in one and not in the other. A request
     * whose attempts so far cost nothing is not among them: its call may still be trying the next endpoint.
     * Undefined when there is no such organization.
     */
    accountFigures: async (): Promise<AccountFigures | undefined> => {
      const [row] = await scope.query<AccountStateRow & { readonly settled: string[] | null }>(Prisma.sql`
        SELECT state.*, (SELECT array_agg(DISTINCT u.request_id::text)
                           FROM usage_batch b JOIN usage_attempt u ON u.batch_id = b.id
                          WHERE (b.posted_at IS NULL OR b.posted_at > now() - interval '2 minutes')
                            AND u.organization_id = ${organizationId}::uuid
                            AND u.charge_nano_usd <> 0) AS settled
          FROM (${accountStateSql(organizationId)}) AS state`);
      return row === undefined
        ? undefined
        : { ...stateFromRow(row), settledRequestIds: (row.settled ?? []).map((id) => asId<'request'>(id)) };
    },

    /** Gives the trial credit, once per organization. Undefined when it was given before. */
    grantTrialCredit: (amount: NanoUsd): Promise<bigint | undefined> =>
      scope.change((transaction) => grantTrialCredit(transaction, organizationId, amount)),
  };
}

/** Gives trial credit in the caller's transaction; its ledger_seq, or undefined when it was given before. */
export async function grantTrialCredit(
  transaction: Transaction,
  organizationId: OrganizationId,
  amount: NanoUsd,
): Promise<bigint | undefined> {
  const accountIds = [newId<'ledgerAccount'>(), newId<'ledgerAccount'>()];
  const entryIds = [newId<'ledgerEntry'>(), newId<'ledgerEntry'>()];
  const [row] = await transaction.$queryRaw<{ ledger_seq: bigint | null }[]>`
    SELECT app.grant_trial_credit(${organizationId}::uuid, ${newId<'ledgerTransaction'>()}::uuid,
      ${accountIds}::uuid[], ${entryIds}::uuid[], ${amount}) AS ledger_seq`;
  return row?.ledger_seq ?? undefined;
}
