import type { OrganizationId, RequestId } from '@turnpike/core/ids';
import type { AttemptFacts, CallFacts, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { type NanoUsd, sumUsd, zeroUsd } from '@turnpike/core/money';
import type { Logger } from '@turnpike/platform/log/logger';
import { bucketOf } from '@turnpike/platform/redis/bucket';
import { capture } from '@turnpike/platform/redis/hold-store';
import type { Capture } from '@turnpike/platform/redis/hold-types';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';
import { type AdoptedSpool, adoptSpools } from '@turnpike/platform/spool/adopt-spools';

import { orphanOf } from './meter.ts';
import { shipmentOf, type ShipOptions, shipRecords, unpackRecords } from './ship-records.ts';
import { maxRecordsPerBatch } from './shipper.ts';
import { decodeOpenRecord, type OpenRecord } from './spool-records.ts';

export interface AdoptOptions extends ShipOptions {
  readonly spoolRoot: string;
  readonly redis: RedisConnection;
  readonly nowMs: () => number;
  /** New usage is in Postgres: wake whoever posts it. */
  readonly onShipped: () => void;
}

/** What was taken over from one dead instance. */
export interface Adoption {
  readonly instanceId: string;
  readonly shipped: number;
  readonly orphaned: number;
  readonly captured: number;
}

interface CallOfDead {
  readonly organizationId: OrganizationId;
  call: CallFacts | undefined;
  readonly open: Map<number, AttemptFacts>;
  /** What each ended attempt came to. */
  readonly charges: Map<number, NanoUsd>;
  isClosed: boolean;
}

/** Redis runs one script at a time; this many captures take about five milliseconds. */
const maxCapturesPerScript = 200;

/**
 * Takes over the folders of dead instances on this disk: ships what ended, records what was begun and not ended as
 * orphaned (free to the tenant, our loss), and settles the holds of both. Every step may be repeated: a folder that
 * cannot be finished is given back and taken again later.
 */
export async function adoptDeadInstances(options: AdoptOptions): Promise<readonly Adoption[]> {
  const adoptions: Adoption[] = [];
  for (const spool of await adoptSpools(options.spoolRoot, options.instanceId)) {
    try {
      const adoption = await adopt(options, spool);
      await spool.remove();
      adoptions.push(adoption);
      const { shipped, orphaned, captured } = adoption;
      options.logger.info(
        {
          component: 'metering',
          entityId: spool.instanceId,
          count: shipped,
          attempts: orphaned,
          state: `${captured} captured`,
        },
        'Took over the spool of a dead instance.',
      );
    } catch (error) {
      await spool.release();
      options.logger.warn(
        { component: 'metering', entityId: spool.instanceId, error },
        'A dead instance is taken over later.',
      );
    }
  }
  return adoptions;
}

async function adopt(options: AdoptOptions, spool: AdoptedSpool): Promise<Adoption> {
  const calls = readOpenCalls(spool, options.logger);
  const shipped = await shipEnded(options, spool, calls);
  const orphans = orphansOf(calls, options.nowMs());
  for (let start = 0; start < orphans.length; start += maxRecordsPerBatch) {
    await shipRecords(options, shipmentOf(orphans.slice(start, start + maxRecordsPerBatch)));
  }
  if (shipped + orphans.length > 0) {
    options.onShipped();
  }
  const captured = await settle(options.redis, calls);
  return { instanceId: spool.instanceId, shipped, orphaned: orphans.length, captured };
}

/**
 * Ships the segments. They are deleted only with the folder: until the holds are settled, a second adopter needs their
 * charges too.
 */
async function shipEnded(
  options: AdoptOptions,
  spool: AdoptedSpool,
  calls: ReadonlyMap<RequestId, CallOfDead>,
): Promise<number> {
  let shipped = 0;
  for await (const records of spool.readAllEnded(maxRecordsPerBatch)) {
    const shipment = unpackRecords(records);
    await shipRecords(options, shipment);
    shipped += shipment.rows.length;
    for (const row of shipment.rows) {
      // A call that the journal does not know is settled: every new journal begins with all that are not.
      calls.get(row.call.requestId)?.charges.set(row.attempt.attempt, row.outcome.chargeNanoUsd);
    }
  }
  return shipped;
}

function readOpenCalls(spool: AdoptedSpool, logger: Logger): Map<RequestId, CallOfDead> {
  const calls = new Map<RequestId, CallOfDead>();
  for (const line of spool.readOpen()) {
    let record: OpenRecord;
    try {
      record = decodeOpenRecord(line);
    } catch (error) {
      logger.error({ component: 'metering', entityId: spool.instanceId, error }, 'A line of a journal cannot be read.');
      continue;
    }
    switch (record.type) {
      case 'attempt': {
        const call = callOf(calls, record.call.requestId, record.call.organizationId);
        call.call = record.call;
        call.open.set(record.attempt.attempt, record.attempt);
        break;
      }
      case 'ended':
        callOf(calls, record.requestId, record.organizationId).charges.set(record.attempt, record.chargeNanoUsd);
        break;
      case 'closed':
        for (const requestId of record.requestIds) {
          const call = calls.get(requestId);
          if (call !== undefined) {
            call.isClosed = true;
          }
        }
        break;
      default:
        record satisfies never;
    }
  }
  return calls;
}

function callOf(calls: Map<RequestId, CallOfDead>, requestId: RequestId, organizationId: OrganizationId): CallOfDead {
  const known = calls.get(requestId);
  if (known !== undefined) {
    return known;
  }
  const created: CallOfDead = { organizationId, call: undefined, open: new Map(), charges: new Map(), isClosed: false };
  calls.set(requestId, created);
  return created;
}

function orphansOf(calls: ReadonlyMap<RequestId, CallOfDead>, nowMs: number): readonly UsageAttempt[] {
  const orphans: UsageAttempt[] = [];
  for (const { call, open, charges } of calls.values()) {
    for (const attempt of open.values()) {
      if (call !== undefined && !charges.has(attempt.attempt)) {
        orphans.push(orphanOf(call, attempt, nowMs));
      }
    }
  }
  return orphans;
}

/**
 * Settles every call that its instance had not settled, at what its ended attempts came to. An account that is not
 * loaded has no hold; when it is loaded, its figures hold what has just been shipped.
 */
async function settle(redis: RedisConnection, calls: ReadonlyMap<RequestId, CallOfDead>): Promise<number> {
  const captures: Capture[] = [];
  for (const [requestId, { organizationId, charges, isClosed }] of calls) {
    if (!isClosed) {
      captures.push({ organizationId, requestId, nanoUsd: sumUsd(zeroUsd, ...charges.values()), tokens: undefined });
    }
  }
  for (const [bucket, members] of Map.groupBy(captures, ({ organizationId }) => bucketOf(organizationId))) {
    for (let start = 0; start < members.length; start += maxCapturesPerScript) {
      await capture(redis, bucket, members.slice(start, start + maxCapturesPerScript));
    }
  }
  return captures.length;
}
