/** A connection, as far as it is asked here. */
export interface RedisInformation {
  info(section: 'memory'): Promise<string>;
}

/**
 * Refuses a Redis that may throw keys away under memory pressure: jobs, holds and tombstones would vanish one by one,
 * which nothing could notice. Throws an Error that says what to set.
 */
export async function assertNoEviction(connection: RedisInformation): Promise<void> {
  const info = await connection.info('memory');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== 'noeviction') {
    throw new Error(`Redis runs with maxmemory-policy ${policy ?? 'unknown'}; set it to noeviction.`);
  }
}
