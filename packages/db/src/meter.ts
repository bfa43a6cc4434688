import { timeOfId, type Id, type InstanceId } from '@turnpike/core/ids';
import type { UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import pg from 'pg';
import { createPool, type ConnectionOptions } from './connection.ts';
import { meterColumns } from './meter-columns.ts';
import { newId } from './new-id.ts';
import { sqlState } from './sql-error.ts';

/** What a gateway ships in one transaction. A batch keeps its id and its rows through every retry. */
export interface UsageBatch {
  readonly id: Id<'usageBatch'>;
  readonly instanceId: InstanceId;
  readonly rows: readonly UsageAttempt[];
}

export interface InstanceFacts {
  readonly id: InstanceId;
  readonly hostname: string;
  readonly processId: number;
  readonly version: string;
}

/** Postgres as role `meter`: it writes usage of all tenants and reads nothing else. */
export interface MeterDatabase {
  /**
   * Writes a batch, its rows and its outbox event in one statement, and returns how many rows were new: a retry after a
   * lost answer, or a row that another batch brought before, adds nothing. Throws when any row is refused; then nothing
   * was written.
   */
  insertUsageBatch(batch: UsageBatch): Promise<number>;
  /** Writes one row in a batch of its own, for when its batch was refused. Throws when the row is refused. */
  insertUsageRow(instanceId: InstanceId, row: UsageAttempt): Promise<number>;
  /** Keeps what could not become a row, with the reason, for people to look at. */
  insertDeadLetter(instanceId: InstanceId, raw: Uint8Array, reason: string): Promise<void>;
  /** Says that this process lives; also after a restart under the same id. */
  registerInstance(instance: InstanceFacts): Promise<void>;
  /** Says so again. False when the row is gone: register once more. */
  heartbeat(id: InstanceId): Promise<boolean>;
  /** Says that this process ended in order, so that nobody waits for it. */
  stopInstance(id: InstanceId): Promise<void>;
  /** Throws when Postgres does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const columnNames = meterColumns.map(([column]) => column).join(', ');
/** $1 batch, $2 instance, $3 row count, $4 event; then one array per column. */
const columnArrays = meterColumns.map(([, type], index) => `$${index + 5}::${type}[]`).join(', ');

/**
 * Rows are written only with their batch: a batch that exists already was written whole, and rows added to it later
 * might never be posted.
 */
const insertBatchSql = `
  WITH batch AS (
    INSERT INTO usage_batch (id, instance_id, row_count) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING id
  ), added AS (
    INSERT INTO usage_attempt (batch_id, ${columnNames})
    SELECT $1::uuid, row.* FROM unnest(${columnArrays}) AS row WHERE EXISTS (SELECT FROM batch)
    ON CONFLICT DO NOTHING RETURNING 1
  ), event AS (
    INSERT INTO outbox_event (id, topic, payload)
    SELECT $4, 'usage.batch_recorded', jsonb_build_object('batchId', $1::uuid) FROM batch
  )
  SELECT (SELECT count(*) FROM batch)::int AS batches, (SELECT count(*) FROM added)::int AS added`;

const countMissingSql = `
  SELECT count(*)::int AS missing FROM unnest($1::timestamptz[], $2::uuid[], $3::smallint[]) AS k (started_at, request_id, attempt)
   WHERE NOT EXISTS (
     SELECT FROM usage_attempt u
      WHERE u.started_at = k.started_at AND u.request_id = k.request_id AND u.attempt = k.attempt
   )`;

const maxReasonLength = 2_000;

/** Connects on first use. `url` is the login of role `meter`. */
export function createMeterDatabase(options: Omit<ConnectionOptions, 'schema'>): MeterDatabase {
  const pool = createPool(options);

  async function insert(batch: UsageBatch): Promise<number> {
    const { rows } = await pool.query<{ batches: number; added: number }>(insertBatchSql, [
      batch.id,
      batch.instanceId,
      batch.rows.length,
      newId<'outboxEvent'>(),
      ...meterColumns.map(([, , value]) => batch.rows.map(value)),
    ]);
    const [answer] = rows;
    if (answer?.batches === 0) {
      await assertComplete(batch);
    }
    return answer?.added ?? 0;
  }

  async function assertComplete(batch: UsageBatch): Promise<void> {
    const { rows } = await pool.query<{ missing: number }>(countMissingSql, [
      batch.rows.map(({ call }) => new Date(timeOfId(call.requestId))),
      batch.rows.map(({ call }) => call.requestId),
      batch.rows.map(({ attempt }) => attempt.attempt),
    ]);
    if (rows[0]?.missing !== 0) {
      throw new Error(
        `Usage batch ${batch.id} exists with other rows. A batch keeps its rows; new rows need a new id.`,
      );
    }
  }

  async function insertUsageBatch(batch: UsageBatch): Promise<number> {
    if (batch.rows.length === 0) {
      return 0;
    }
    try {
      return await insert(batch);
    } catch (error) {
      if (!isMissingPartition(error)) {
        throw error;
      }
      // A record of a month that nobody foresaw, from a spool that was away for long.
      for (const monthMs of new Set(batch.rows.map(({ call }) => startOfMonthMs(timeOfId(call.requestId))))) {
        await pool.query('SELECT app.ensure_usage_partition($1)', [new Date(monthMs)]);
      }
      return insert(batch);
    }
  }

  return {
    insertUsageBatch,
    insertUsageRow: (instanceId, row) => insertUsageBatch({ id: newId<'usageBatch'>(), instanceId, rows: [row] }),
    insertDeadLetter: async (instanceId, raw, reason) => {
      await pool.query('INSERT INTO dead_letter (id, instance_id, raw, reason) VALUES ($1, $2, $3, $4)', [
        newId(),
        instanceId,
        Buffer.from(raw),
        // Postgres text holds no NUL, and a reason that quotes the bad row may.
        reason.replaceAll('\0', '\uFFFD').slice(0, maxReasonLength),
      ]);
    },
    registerInstance: async ({ id, hostname, processId, version }) => {
      await pool.query(
        `INSERT INTO gateway_instance (id, hostname, process_id, version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET hostname = $2, process_id = $3, version = $4, heartbeat_at = now(), stopped_at = NULL`,
        [id, hostname, processId, version],
      );
    },
    heartbeat: async (id) => {
      const { rowCount } = await pool.query('UPDATE gateway_instance SET heartbeat_at = now() WHERE id = $1', [id]);
      return rowCount === 1;
    },
    stopInstance: async (id) => {
      await pool.query('UPDATE gateway_instance SET stopped_at = now() WHERE id = $1', [id]);
    },
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
}

/** Postgres has no code of its own for it: a check violation that names no constraint. */
function isMissingPartition(error: unknown): boolean {
  return sqlState(error) === '23514' && error instanceof pg.DatabaseError && error.constraint === undefined;
}

function startOfMonthMs(timeMs: number): number {
  const date = new Date(timeMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}
