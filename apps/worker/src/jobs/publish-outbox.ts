import type { WorkerDatabase } from '@turnpike/db/worker';
import { postLedger } from '@turnpike/platform/queue/job-catalogue';
import type { JobQueue } from '@turnpike/platform/queue/job-queue';

export interface PublishOutboxPorts {
  readonly database: Pick<WorkerDatabase, 'publishOutbox'>;
  readonly queue: Pick<JobQueue, 'enqueue'>;
}

/** Events per transaction. */
const eventsPerRun = 500;

/** What a gateway writes beside the usage that it ships. */
const usageRecorded = 'usage.batch_recorded';

/**
 * Tells what the outbox holds: recorded usage wakes the posting, also when the gateway's own wake-up was lost. Safe to
 * run twice: an event that is told again wakes a job that finds nothing to do. Throws when Postgres or the queue fails;
 * then the events stay.
 */
export async function runPublishOutbox(_payload: object, { database, queue }: PublishOutboxPorts): Promise<void> {
  let told: number;
  do {
    told = await database.publishOutbox(eventsPerRun, async (events) => {
      if (events.some(({ topic }) => topic === usageRecorded)) {
        await queue.enqueue(postLedger, {});
      }
    });
  } while (told === eventsPerRun);
}
