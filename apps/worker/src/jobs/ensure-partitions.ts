import type { WorkerDatabase } from '@turnpike/db/worker';
import type { Logger } from '@turnpike/platform/log/logger';

export interface EnsurePartitionsPorts {
  readonly database: Pick<WorkerDatabase, 'ensureUsagePartitions'>;
  readonly logger: Logger;
}

/** Two months ahead: a job that fails for weeks still leaves next month's table in place. */
const monthsAhead = 2;

/** Makes the partitions of the coming months. Safe to run twice: a partition that is there is left alone. */
export async function runEnsurePartitions(
  _payload: object,
  { database, logger }: EnsurePartitionsPorts,
): Promise<void> {
  const created = await database.ensureUsagePartitions(monthsAhead);
  if (created > 0) {
    logger.info({ component: 'partitions', count: created }, 'Partitions were made.');
  }
}
