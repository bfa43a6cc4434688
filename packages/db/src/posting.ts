import { asId, type Id, type OrganizationId } from '@turnpike/core/ids';
import { nanoUsd, type NanoUsd } from '@turnpike/core/money';
import type pg from 'pg';
import { inTransaction } from './connection.ts';
import { newId } from './new-id.ts';
import { accountStateSql, type AccountState, type LedgerSourceType } from './repositories/ledger.ts';

/** What a ledger transaction changed, for whoever keeps a copy of the balance. Apply it only at `ledgerSeq` - 1. */
export interface PostedDelta {
  readonly organizationId: OrganizationId;
  readonly ledgerSeq: bigint;
  /** Change of the funding account: minus the usage, plus a payment. */
  readonly deltaNanoUsd: NanoUsd;
  /** How much of it was recorded as unposted usage before. */
  readonly usageNanoUsd: NanoUsd;
}

/** The pots of an organization's books. Their balances sum to zero. */
export type LedgerAccountKind =
  | 'prepaid'
  | 'receivable'
  | 'revenue'
  | 'promo'
  | 'payment_clearing'
  | 'adjustment'
  | 'rounding';

export interface LedgerPosting {
  readonly organizationId: OrganizationId;
  readonly sourceType: Exclude<LedgerSourceType, 'usage_posting' | 'trial_credit'>;
  /** With the organization and the type: posting the same source twice posts once. */
  readonly sourceId: string;
  readonly description: string;
  /** At least two, summing to zero; the database refuses others. */
  readonly entries: readonly { readonly account: LedgerAccountKind; readonly amountNanoUsd: NanoUsd }[];
}

/** What one run of `postUsage` did. */
export interface UsagePosting {
  readonly deltas: readonly PostedDelta[];
  readonly batchIds: readonly string[];
  /** False when more may be waiting. */
  readonly isDrained: boolean;
}

interface UsageSum {
  readonly organization_id: string;
  readonly project_id: string;
  readonly api_key_id: string;
  readonly model_slug: string | null;
  readonly funding: 'prepaid' | 'receivable';
  readonly charge: string;
  readonly usage_count: number;
}

/**
 * Posts usage that is not in the ledger yet, at most `maxBatches` batches: one transaction per organization, with an
 * entry per (project, key, model), numbered without a gap, and the batches marked, all in one database transaction. Safe
 * to run twice and by several workers at once: a batch is taken by one of them. Returns what changed, an empty list when
 * nothing was due. Role `worker`.
 */
export async function postUsage(pool: pg.Pool, maxBatches: number): Promise<UsagePosting> {
  return inTransaction(pool, async (client) => {
    const batches = await client.query<{ id: string }>(
      `SELECT id FROM usage_batch WHERE posted_at IS NULL ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [maxBatches],
    );
    const batchIds = batches.rows.map(({ id }) => id);
    const isDrained = batchIds.length < maxBatches;
    if (batchIds.length === 0) {
      return { deltas: [], batchIds, isDrained };
    }
    const postingId = newId();
    const sums = await sumUsage(client, batchIds);
    const deltas = sums.length === 0 ? [] : await postSums(client, postingId, sums);
    await client.query('UPDATE usage_batch SET posted_at = now(), posting_id = $2 WHERE id = ANY ($1::uuid[])', [
      batchIds,
      postingId,
    ]);
    return { deltas, batchIds, isDrained };
  });
}

/** Ordered by organization: two workers that post for the same organizations lock them in the same order. */
async function sumUsage(client: pg.ClientBase, batchIds: readonly string[]): Promise<readonly UsageSum[]> {
  const { rows } = await client.query<UsageSum>(
    `SELECT used.organization_id, used.project_id, used.api_key_id, used.model_slug,
            CASE o.billing_mode WHEN 'invoiced' THEN 'receivable' ELSE 'prepaid' END AS funding,
            sum(used.charge)::bigint AS charge, count(*)::int AS usage_count
       FROM (SELECT organization_id, project_id, api_key_id, model_slug, charge_nano_usd AS charge
               FROM usage_attempt WHERE batch_id = ANY ($1::uuid[]) AND charge_nano_usd <> 0
             UNION ALL
             SELECT organization_id, project_id, api_key_id, model_slug, charge_delta_nano_usd
               FROM usage_correction WHERE batch_id = ANY ($1::uuid[]) AND charge_delta_nano_usd <> 0) AS used
       -- Outer: usage of an organization that is gone must fail at the ledger's foreign key, not vanish here.
       LEFT JOIN organization o ON o.id = used.organization_id
      GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4`,
    [batchIds],
  );
  return rows;
}

async function postSums(
  client: pg.ClientBase,
  postingId: string,
  sums: readonly UsageSum[],
): Promise<readonly PostedDelta[]> {
  const byOrganization = Map.groupBy(sums, (sum) => sum.organization_id);
  const organizationIds = [...byOrganization.keys()];
  const accounts = await ensureAccounts(
    client,
    [...byOrganization].flatMap(([organizationId, own]) => [
      { organizationId, kind: own[0]?.funding ?? 'prepaid' },
      { organizationId, kind: 'revenue' as const },
    ]),
  );
  const { rows: transactions } = await client.query<{ id: string; organization_id: string; ledger_seq: string }>(
    `INSERT INTO ledger_transaction (id, organization_id, source_type, source_id, description)
     SELECT t.id, t.organization_id, 'usage_posting', $3, 'Usage' FROM unnest($1::uuid[], $2::uuid[]) AS t (id, organization_id)
      ORDER BY t.organization_id
     RETURNING id, organization_id, ledger_seq`,
    [organizationIds.map(() => newId<'ledgerTransaction'>()), organizationIds, postingId],
  );
  const entries = transactions.flatMap((transaction) => {
    const own = byOrganization.get(transaction.organization_id) ?? [];
    const accountOf = (kind: LedgerAccountKind) => accounts.get(`${transaction.organization_id}/${kind}`);
    return [
      ...own.map((sum) => ({
        transaction,
        accountId: accountOf(sum.funding),
        amount: -BigInt(sum.charge),
        projectId: sum.project_id,
        apiKeyId: sum.api_key_id,
        modelSlug: sum.model_slug,
        usageCount: sum.usage_count,
      })),
      {
        transaction,
        accountId: accountOf('revenue'),
        amount: total(own),
        projectId: null,
        apiKeyId: null,
        modelSlug: null,
        usageCount: own.reduce((count, sum) => count + sum.usage_count, 0),
      },
    ];
  });
  await client.query(
    `INSERT INTO ledger_entry (id, transaction_id, organization_id, account_id, amount_nano_usd, project_id, api_key_id,
                               model_slug, usage_count)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::uuid[], $7::uuid[], $8::text[], $9::int[])`,
    [
      entries.map(() => newId<'ledgerEntry'>()),
      entries.map(({ transaction }) => transaction.id),
      entries.map(({ transaction }) => transaction.organization_id),
      entries.map(({ accountId }) => accountId),
      entries.map(({ amount }) => amount),
      entries.map(({ projectId }) => projectId),
      entries.map(({ apiKeyId }) => apiKeyId),
      entries.map(({ modelSlug }) => modelSlug),
      entries.map(({ usageCount }) => usageCount),
    ],
  );
  return transactions.map(({ organization_id, ledger_seq }) => {
    const usage = total(byOrganization.get(organization_id) ?? []);
    return {
      organizationId: asId<'organization'>(organization_id),
      ledgerSeq: BigInt(ledger_seq),
      deltaNanoUsd: nanoUsd(-usage),
      usageNanoUsd: nanoUsd(usage),
    };
  });
}

/**
 * Posts one transaction that is not usage: a payment, a refund, a grant. Undefined when this source was posted before.
 * Throws when the entries do not sum to zero. Roles `worker` and `operator`.
 */
export async function postTransaction(pool: pg.Pool, posting: LedgerPosting): Promise<PostedDelta | undefined> {
  const { organizationId, entries } = posting;
  return inTransaction(pool, async (client) => {
    const accounts = await ensureAccounts(
      client,
      entries.map(({ account }) => ({ organizationId, kind: account })),
    );
    const id = newId<'ledgerTransaction'>();
    const { rows } = await client.query<{ ledger_seq: string }>(
      `INSERT INTO ledger_transaction (id, organization_id, source_type, source_id, description)
       VALUES ($1, $2, $3, $4, $5) RETURNING ledger_seq`,
      [id, organizationId, posting.sourceType, posting.sourceId, posting.description],
    );
    const [inserted] = rows;
    if (inserted === undefined) {
      return undefined;
    }
    await client.query(
      `INSERT INTO ledger_entry (id, transaction_id, organization_id, account_id, amount_nano_usd)
       SELECT e.id, $2, $3, e.account_id, e.amount FROM unnest($1::uuid[], $4::uuid[], $5::bigint[]) AS e (id, account_id, amount)`,
      [
        entries.map(() => newId<'ledgerEntry'>()),
        id,
        organizationId,
        entries.map(({ account }) => accounts.get(`${organizationId}/${account}`)),
        entries.map(({ amountNanoUsd }) => amountNanoUsd),
      ],
    );
    const funding = entries.filter(({ account }) => account === 'prepaid' || account === 'receivable');
    return {
      organizationId,
      ledgerSeq: BigInt(inserted.ledger_seq),
      deltaNanoUsd: nanoUsd(funding.reduce<bigint>((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0n)),
      usageNanoUsd: nanoUsd(0n),
    };
  });
}

/** Balance, number and unposted usage of one moment; undefined when there is no such organization. Role `worker`. */
export async function accountState(pool: pg.Pool, organizationId: OrganizationId): Promise<AccountState | undefined> {
  const { text, values } = accountStateSql(organizationId);
  const { rows } = await pool.query<{ posted: string; ledger_seq: string; unposted: string; used: string }>(
    text,
    values,
  );
  const [row] = rows;
  return row === undefined
    ? undefined
    : {
        postedNanoUsd: nanoUsd(BigInt(row.posted)),
        ledgerSeq: BigInt(row.ledger_seq),
        unpostedUsageNanoUsd: nanoUsd(BigInt(row.unposted)),
        postedUsageNanoUsd: nanoUsd(BigInt(row.used)),
      };
}

/** Makes the accounts that are missing; all of them by `organization/kind`. */
async function ensureAccounts(
  client: pg.ClientBase,
  wanted: readonly { readonly organizationId: string; readonly kind: LedgerAccountKind }[],
): Promise<ReadonlyMap<string, Id<'ledgerAccount'>>> {
  const parameters = [wanted.map(({ organizationId }) => organizationId), wanted.map(({ kind }) => kind)];
  await client.query(
    `INSERT INTO ledger_account (id, organization_id, kind)
     SELECT * FROM unnest($3::uuid[], $1::uuid[], $2::text[]) AS a (id, organization_id, kind)
      ORDER BY a.organization_id, a.kind
     ON CONFLICT (organization_id, kind) DO NOTHING`,
    [...parameters, wanted.map(() => newId<'ledgerAccount'>())],
  );
  const { rows } = await client.query<{ id: string; organization_id: string; kind: string }>(
    `SELECT a.id, a.organization_id, a.kind FROM ledger_account a
       JOIN unnest($1::uuid[], $2::text[]) AS w (organization_id, kind) ON w.organization_id = a.organization_id AND w.kind = a.kind`,
    parameters,
  );
  return new Map(rows.map((row) => [`${row.organization_id}/${row.kind}`, asId<'ledgerAccount'>(row.id)]));
}

function total(sums: readonly UsageSum[]): bigint {
  return sums.reduce((sum, { charge }) => sum + BigInt(charge), 0n);
}
