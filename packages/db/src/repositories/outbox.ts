import { asId, type Id, type OrganizationId } from '@turnpike/core/ids';
import type { JsonObject } from '@turnpike/core/json';
import type pg from 'pg';
import { inTransaction } from '../connection.ts';
import { newId } from '../new-id.ts';
import type { Transaction } from '../tenant-scope.ts';

/** Something that happened and must be told to others. The payload has ids and small facts, never content. */
export interface OutboxEventRecord {
  readonly id: Id<'outboxEvent'>;
  readonly organizationId: OrganizationId | undefined;
  readonly topic: string;
  readonly payload: JsonObject;
  readonly createdAtMs: number;
}

/** Writes an event in the caller's transaction: it is told if and only if the change happened. */
export async function addOutboxEvent(
  transaction: Transaction,
  organizationId: OrganizationId,
  topic: string,
  payload: JsonObject,
): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO outbox_event (id, organization_id, topic, payload)
    VALUES (${newId<'outboxEvent'>()}::uuid, ${organizationId}::uuid, ${topic}, ${JSON.stringify(payload)}::jsonb)`;
}

/**
 * Tells events that nobody has told yet, oldest first (role worker). They are marked when `tell` succeeds; when it
 * throws, they stay and are told again, so the receiver must bear repetition. Several workers never tell the same event
 * at the same time. Returns how many were told.
 */
export async function publishOutbox(
  pool: pg.Pool,
  limit: number,
  tell: (events: readonly OutboxEventRecord[]) => Promise<void>,
): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{
      id: string;
      organization_id: string | null;
      topic: string;
      payload: JsonObject;
      created_at: Date;
    }>(
      `SELECT id, organization_id, topic, payload, created_at FROM outbox_event
        WHERE published_at IS NULL ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [limit],
    );
    if (rows.length > 0) {
      await tell(
        rows.map((row) => ({
          id: asId<'outboxEvent'>(row.id),
          organizationId: row.organization_id === null ? undefined : asId<'organization'>(row.organization_id),
          topic: row.topic,
          payload: row.payload,
          createdAtMs: row.created_at.getTime(),
        })),
      );
      await client.query('UPDATE outbox_event SET published_at = now() WHERE id = ANY ($1::uuid[])', [
        rows.map((row) => row.id),
      ]);
    }
    return rows.length;
  });
}
