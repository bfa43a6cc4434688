import { parseId, renderId } from '@turnpike/core/ids';
import { readTruthFile, type TruthCall } from '@turnpike/sandbox/truth-file';
import pg from 'pg';

/** What the provider saw, what was recorded and what the books say, side by side. */
export interface Comparison {
  readonly truthAttempts: number;
  readonly rows: number;
  /** Reached the provider and has no row: lost usage. */
  readonly lost: readonly string[];
  /** One attempt, several rows: billed twice. */
  readonly doubled: readonly string[];
  /** Has a charge and never reached the provider. */
  readonly invented: readonly string[];
  /** A row says other tokens than the provider reported to us. */
  readonly wrongTokens: readonly string[];
  readonly chargedNanoUsd: bigint;
  readonly ledgerUsageNanoUsd: bigint;
  readonly ledgerBalanceNanoUsd: bigint;
  readonly grantedNanoUsd: bigint;
  readonly unpostedBatches: number;
  readonly states: Readonly<Record<string, number>>;
}

interface AttemptRow {
  readonly request_id: string;
  readonly attempt: number;
  readonly state: string;
  readonly charge_nano_usd: string;
  readonly input: string;
  readonly output: string;
}

/** Compares the sandbox's truth file with usage and ledger of one organization. */
export async function compareWithTruth(
  ownerUrl: string,
  truthFile: string,
  organizationId: string,
): Promise<Comparison> {
  const organization = parseId('organization', organizationId) ?? organizationId;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<AttemptRow>(
      `SELECT request_id, attempt, state, charge_nano_usd,
              input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + audio_input_tokens AS input,
              output_tokens + reasoning_tokens + audio_output_tokens AS output
         FROM usage_attempt WHERE organization_id = $1`,
      [organization],
    );
    const ledger = await client.query<{ kind: string; amount: string }>(
      `SELECT a.kind, sum(e.amount_nano_usd)::bigint AS amount FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
        WHERE e.organization_id = $1 GROUP BY a.kind`,
      [organization],
    );
    const pending = await client.query<{ count: string }>(`SELECT count(*) FROM usage_batch WHERE posted_at IS NULL`);
    const books = new Map(ledger.rows.map((row) => [row.kind, BigInt(row.amount)]));
    return {
      ...compareRows(readTruthFile(truthFile), rows),
      ledgerUsageNanoUsd: books.get('revenue') ?? 0n,
      ledgerBalanceNanoUsd: books.get('prepaid') ?? 0n,
      grantedNanoUsd: -(books.get('promo') ?? 0n),
      unpostedBatches: Number(pending.rows[0]?.count ?? 0),
    };
  } finally {
    await client.end();
  }
}

function compareRows(truth: readonly TruthCall[], rows: readonly AttemptRow[]) {
  const truthByAttempt = new Map(
    truth.flatMap((call) => (call.attempt === null ? [] : [[call.attempt, call] as const])),
  );
  const seen = new Map<string, number>();
  const states: Record<string, number> = {};
  const wrongTokens: string[] = [];
  const invented: string[] = [];
  let chargedNanoUsd = 0n;
  for (const row of rows) {
    const attempt = attemptName(row);
    seen.set(attempt, (seen.get(attempt) ?? 0) + 1);
    states[row.state] = (states[row.state] ?? 0) + 1;
    chargedNanoUsd += BigInt(row.charge_nano_usd);
    const call = truthByAttempt.get(attempt);
    if (call === undefined && BigInt(row.charge_nano_usd) > 0n) {
      invented.push(attempt);
    }
    const end = call?.end;
    const isReported = row.state === 'settled' && end?.inputTokens !== null && end?.inputTokens !== undefined;
    if (isReported && (Number(row.input) !== end.inputTokens || Number(row.output) !== end.outputTokens)) {
      wrongTokens.push(`${attempt}: ${row.input}/${row.output} instead of ${end.inputTokens}/${end.outputTokens}`);
    }
  }
  return {
    truthAttempts: truthByAttempt.size,
    rows: rows.length,
    lost: [...truthByAttempt.keys()].filter((attempt) => !seen.has(attempt)),
    doubled: [...seen].filter(([, count]) => count > 1).map(([attempt]) => attempt),
    invented,
    wrongTokens,
    chargedNanoUsd,
    states,
  };
}

/** As the gateway names an attempt to the provider. */
function attemptName({ request_id: id, attempt }: AttemptRow): string {
  return `${renderId('request', id)}.${attempt}`;
}
