import type { WorkerDatabase } from '@turnpike/db/worker';
import type { Logger } from '@turnpike/platform/log/logger';

export interface PruneRecordsPorts {
  readonly database: Pick<WorkerDatabase, 'pruneSessions' | 'pruneOutbox'>;
  readonly clock: { nowMs(): number };
  readonly logger: Logger;
}

const dayMs = 86_400_000;

/** Long enough to answer "who was signed in then", short enough not to keep addresses of people for ever. */
const sessionsKeptMs = 30 * dayMs;
/** Told events are kept for a look at what happened. */
const eventsKeptMs = 7 * dayMs;

/** Removes sessions and outbox events that have been over for long. Safe to run twice: what is gone is gone. */
export async function runPruneRecords(_payload: object, { database, clock, logger }: PruneRecordsPorts): Promise<void> {
  const nowMs = clock.nowMs();
  const sessions = await database.pruneSessions(nowMs - sessionsKeptMs);
  const events = await database.pruneOutbox(nowMs - eventsKeptMs);
  if (sessions + events > 0) {
    logger.info({ component: 'pruning', count: sessions + events }, 'Old sessions and told events were removed.');
  }
}
