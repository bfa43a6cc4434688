import { type Id, type InstanceId, mintId } from '@turnpike/core/ids';
import type { UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import type { MeterDatabase } from '@turnpike/db/meter';
import { randomBytes } from '@turnpike/platform/crypto/digests';
import type { Logger } from '@turnpike/platform/log/logger';

import { decodeUsageAttempt, encodeUsageAttempt } from './spool-records.ts';

export interface ShipOptions {
  readonly database: Pick<MeterDatabase, 'insertUsageBatch' | 'insertUsageRow' | 'insertDeadLetter'>;
  readonly instanceId: InstanceId;
  readonly logger: Logger;
}

/** Records on their way, under an id that stays the same in every retry. */
export interface Shipment {
  readonly batchId: Id<'usageBatch'>;
  readonly rows: readonly UsageAttempt[];
  /** Lines that are not what the meter writes. */
  readonly unreadable: readonly { readonly line: string; readonly reason: string }[];
}

export interface ShippedFigures {
  /** Rows that were not in Postgres before. */
  readonly added: number;
  readonly deadLetters: number;
}

/** Reads lines of the spool; what cannot be read is set aside with the reason. */
export function unpackRecords(lines: readonly string[], decode = decodeUsageAttempt): Shipment {
  const rows: UsageAttempt[] = [];
  const unreadable: { line: string; reason: string }[] = [];
  for (const line of lines) {
    try {
      rows.push(decode(line));
    } catch (error) {
      unreadable.push({ line, reason: reasonOf(error) });
    }
  }
  return shipmentOf(rows, unreadable);
}

/** A shipment of rows that are in memory. */
export function shipmentOf(rows: readonly UsageAttempt[], unreadable: Shipment['unreadable'] = []): Shipment {
  return { batchId: mintId<'usageBatch'>(Date.now(), randomBytes(10)), rows, unreadable };
}

/**
 * Brings a shipment to Postgres: all rows in one transaction, or, where Postgres refuses one of them, each on its own
 * with the refused ones kept as dead letters. Safe to repeat. Throws when Postgres cannot be reached.
 */
export async function shipRecords(options: ShipOptions, shipment: Shipment): Promise<ShippedFigures> {
  const { database, instanceId, logger } = options;
  for (const { line, reason } of shipment.unreadable) {
    logger.error({ component: 'metering', reason }, 'A line of the spool is not a usage record; kept as dead letter.');
    await database.insertDeadLetter(instanceId, Buffer.from(line), reason);
  }
  const unreadable = shipment.unreadable.length;
  try {
    const { batchId: id, rows } = shipment;
    return { added: await database.insertUsageBatch({ id, instanceId, rows }), deadLetters: unreadable };
  } catch (error) {
    if (!isFaultOfRow(error)) {
      throw error;
    }
    logger.warn(
      { component: 'metering', count: shipment.rows.length, error },
      'A usage batch was refused; going row by row.',
    );
    const { added, deadLetters } = await shipOneByOne(options, shipment.rows);
    return { added, deadLetters: deadLetters + unreadable };
  }
}

async function shipOneByOne(options: ShipOptions, rows: readonly UsageAttempt[]): Promise<ShippedFigures> {
  const { database, instanceId, logger } = options;
  let [added, deadLetters] = [0, 0];
  for (const row of rows) {
    try {
      added += await database.insertUsageRow(instanceId, row);
    } catch (error) {
      if (!isFaultOfRow(error)) {
        throw error;
      }
      const { requestId, organizationId } = row.call;
      logger.error(
        { component: 'metering', requestId, organizationId, error },
        'A usage row was refused; kept as dead letter.',
      );
      await database.insertDeadLetter(instanceId, Buffer.from(encodeUsageAttempt(row)), reasonOf(error));
      deadLetters += 1;
    }
  }
  return { added, deadLetters };
}

/**
 * Whether trying again cannot help: Postgres' classes 21-23 (cardinality, data, integrity), 54 (limits) and P0 (raised
 * by a trigger), or a value that the driver could not write. Everything else is about the connection, the server or
 * our deployment, and the whole shipment waits.
 */
function isFaultOfRow(error: unknown): boolean {
  if (error instanceof RangeError || error instanceof TypeError) {
    return true;
  }
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(?:21|22|23|54|P0)[0-9A-Z]{3}$/.test(code);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
