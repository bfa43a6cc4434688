import type pg from 'pg';

/**
 * Notes when keys were last used, from the usage in these batches; never moves a date back. A key that somebody is
 * changing at this moment is skipped: its next use is noted again. Returns how many keys it was. Role `worker`.
 */
export async function noteLastUse(pool: pg.Pool, batchIds: readonly string[]): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE api_key k SET last_used_at = used.at
       FROM (SELECT locked.id, u.at
               FROM (SELECT api_key_id, max(attempt_started_at) AS at
                       FROM usage_attempt WHERE batch_id = ANY ($1::uuid[]) GROUP BY api_key_id) AS u
               JOIN LATERAL (SELECT id FROM api_key WHERE id = u.api_key_id FOR UPDATE SKIP LOCKED) AS locked ON true) AS used
      WHERE k.id = used.id AND (k.last_used_at IS NULL OR k.last_used_at < used.at)`,
    [batchIds],
  );
  return rowCount ?? 0;
}

/** Removes sessions that are over since before a moment. Returns how many. Role `worker`. */
export async function pruneSessions(pool: pg.Pool, beforeMs: number): Promise<number> {
  const { rowCount } = await pool.query('DELETE FROM session WHERE expires_at < $1 OR revoked_at < $1', [
    new Date(beforeMs),
  ]);
  return rowCount ?? 0;
}

/** Removes events that were told before a moment. Returns how many. Role `worker`. */
export async function pruneOutbox(pool: pg.Pool, beforeMs: number): Promise<number> {
  const { rowCount } = await pool.query('DELETE FROM outbox_event WHERE published_at < $1', [new Date(beforeMs)]);
  return rowCount ?? 0;
}
