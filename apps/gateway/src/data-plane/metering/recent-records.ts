import type { UsageAttempt } from '@turnpike/core/metering/usage-attempt';

import { decodeUsageAttempt, encodeUsageAttempt } from './spool-records.ts';

/** Writes records for the spool, and knows the ones that come back from it soon. */
export interface RecentRecords {
  encode(attempt: UsageAttempt): string;
  /** The record of a line. Throws ZodError when the line is none. */
  decode(line: string): UsageAttempt;
}

/** Some seconds of a busy process, about ten megabytes. */
const maxRecords = 4_096;

/**
 * Spares the shipper from parsing what this process has just written: the line that is read back from the disk finds its
 * record in memory. Lines of earlier times, and of when shipping is far behind, are parsed.
 */
export function createRecentRecords(): RecentRecords {
  const attempts = new Map<string, UsageAttempt>();
  return {
    encode(attempt) {
      const line = encodeUsageAttempt(attempt);
      attempts.set(line, attempt);
      if (attempts.size > maxRecords) {
        const [oldest = line] = attempts.keys();
        attempts.delete(oldest);
      }
      return line;
    },
    decode(line) {
      const known = attempts.get(line);
      if (known === undefined) {
        return decodeUsageAttempt(line);
      }
      attempts.delete(line);
      return known;
    },
  };
}
