import { ensurePartitions, postLedger, sweepHolds } from '@turnpike/platform/queue/job-catalogue';
import type { JobQueue } from '@turnpike/platform/queue/job-queue';

/** A gateway wakes the posting after each shipment; this finds what a lost wake-up left behind. */
const postEveryMs = 5_000;
/** An expired hold keeps a tenant's money for at most so long after its deadline. */
const sweepEveryMs = 15_000;
const partitionsEveryMs = 86_400_000;

/** Puts the recurring jobs on their schedules, once for all workers, and makes partitions at once. */
export async function scheduleJobs(queue: JobQueue): Promise<void> {
  await Promise.all([
    queue.scheduleEvery(postLedger, {}, postEveryMs),
    queue.scheduleEvery(sweepHolds, {}, sweepEveryMs),
    queue.scheduleEvery(ensurePartitions, {}, partitionsEveryMs),
  ]);
}
