import {
  ensurePartitions,
  postLedger,
  pruneRecords,
  publishOutbox,
  sweepHolds,
} from '@turnpike/platform/queue/job-catalogue';
import type { JobQueue } from '@turnpike/platform/queue/job-queue';

/** A gateway wakes the posting after each shipment; this finds what a lost wake-up left behind. */
const postEveryMs = 5_000;
/** An expired hold keeps a tenant's money for at most so long after its deadline. */
const sweepEveryMs = 15_000;
const partitionsEveryMs = 86_400_000;
/** A wake-up that a gateway lost is made good after so long. */
const outboxEveryMs = 10_000;
const pruneEveryMs = 3_600_000;

/** Puts the recurring jobs on their schedules, once for all workers, and makes partitions at once. */
export async function scheduleJobs(queue: JobQueue): Promise<void> {
  await Promise.all([
    queue.scheduleEvery(postLedger, {}, postEveryMs),
    queue.scheduleEvery(sweepHolds, {}, sweepEveryMs),
    queue.scheduleEvery(publishOutbox, {}, outboxEveryMs),
    queue.scheduleEvery(ensurePartitions, {}, partitionsEveryMs),
    queue.scheduleEvery(pruneRecords, {}, pruneEveryMs),
  ]);
}
