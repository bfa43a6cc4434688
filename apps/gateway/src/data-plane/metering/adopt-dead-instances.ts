import type { OrganizationId, RequestId } from '@turnpike/core/ids';
import type { AttemptFacts, CallFacts, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { type NanoUsd, sumUsd, zeroUsd } from '@turnpike/core/money';
import type { Logger } from '@turnpike/platform/log/logger';
import type { Capture } from '@turnpike/platform/redis/hold-types';
import { type AdoptedSpool, adoptSpools } from '@turnpike/platform/spool/adopt-spools';

import type { CaptureQueue } from './capture-queue.ts';
import { orphanOf } from './meter.ts';
import { shipmentOf, type ShipOptions, shipRecords, unpackRecords } from './ship-records.ts';
import { maxRecordsPerBatch } from './shipper.ts';
import { decodeOpenRecord, type OpenRecord } from './spool-records.ts';

export interface AdoptOptions extends ShipOptions {
  readonly spoolRoot: string;
  readonly captures: Pick<CaptureQueue, 'captureAll'>;
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
  /** True when its holds are settled and its folder is gone; false when the folder was given back, to be taken again. */
  readonly finished: Promise<boolean>;
}

interface CallOfDead {
  readonly organizationId: OrganizationId;
  call: CallFacts | undefined;
  readonly open: Map<number, AttemptFacts>;
  /** What each ended attempt came to. */
  readonly charges: Map<number, NanoUsd>;
  isClosed: boolean;
}

/**
 * Takes over the folders of dead instances on this disk: ships what ended, records what was begun and not ended as
 * orphaned (free to the tenant, our loss), and settles the holds of both. Settling goes on in the background, with the
 * folder taken until it is over. Every step may be repeated: a folder that cannot be finished is given back and taken
 * again later.
 */
export async function adoptDeadInstances(options: AdoptOptions): Promise<readonly Adoption[]> {
  const adoptions: Adoption[] = [];
  for (const spool of await adoptSpools(options.spoolRoot, options.instanceId)) {
    try {
      const figures = await adopt(options, spool);
      adoptions.push({ ...figures, captured: figures.captures.length, finished: finish(options, spool, figures) });
    } catch (error) {
      await giveBack(options, spool, error);
    }
  }
  return adoptions;
}

interface AdoptedFigures extends Pick<Adoption, 'instanceId' | 'shipped' | 'orphaned'> {
  readonly captures: readonly Capture[];
}

/** Settles the holds, then deletes the folder: until then whoever comes after this process needs it. */
async function finish(options: AdoptOptions, spool: AdoptedSpool, figures: AdoptedFigures): Promise<boolean> {
  const { shipped: count, orphaned: attempts, captures } = figures;
  try {
    if (!(await options.captures.captureAll(captures))) {
      await giveBack(options, spool, undefined);
      return false;
    }
    await spool.remove();
  } catch (error) {
    await giveBack(options, spool, error);
    return false;
  }
  options.logger.info(
    { component: 'metering', entityId: spool.instanceId, count, attempts, state: `${captures.length} captured` },
    'Took over the spool of a dead instance.',
  );
  return true;
}

async function giveBack({ logger }: AdoptOptions, spool: AdoptedSpool, error: unknown): Promise<void> {
  await spool.release();
  logger.warn({ component: 'metering', entityId: spool.instanceId, error }, 'A dead instance is taken over later.');
}

async function adopt(options: AdoptOptions, spool: AdoptedSpool): Promise<AdoptedFigures> {
  const calls = readOpenCalls(spool, options.logger);
  const shipped = await shipEnded(options, spool, calls);
  const orphans = orphansOf(calls, options.nowMs());
  for (let start = 0; start < orphans.length; start += maxRecordsPerBatch) {
    await shipRecords(options, shipmentOf(orphans.slice(start, start + maxRecordsPerBatch)));
  }
  if (shipped + orphans.length > 0) {
    options.onShipped();
  }
  return { instanceId: spool.instanceId, shipped, orphaned: orphans.length, captures: capturesOf(calls) };
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

/** Of every call that its instance had not settled, at what its ended attempts came to. */
function capturesOf(calls: ReadonlyMap<RequestId, CallOfDead>): readonly Capture[] {
  const captures: Capture[] = [];
  for (const [requestId, { organizationId, charges, isClosed }] of calls) {
    if (!isClosed) {
      captures.push({ organizationId, requestId, nanoUsd: sumUsd(zeroUsd, ...charges.values()), tokens: undefined });
    }
  }
  return captures;
}
