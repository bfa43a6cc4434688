import { setTimeout as sleep } from 'node:timers/promises';

import type { MeterDatabase, InstanceFacts } from '@turnpike/db/meter';
import type { Secret } from '@turnpike/platform/config/secret';
import type { Logger } from '@turnpike/platform/log/logger';
import { assertNoEviction } from '@turnpike/platform/queue/assert-queue-redis';
import { postLedger } from '@turnpike/platform/queue/job-catalogue';
import { createJobQueue } from '@turnpike/platform/queue/job-queue';
import {
  closeConnection,
  createBackgroundConnection,
  createQueueConnection,
  waitUntilReady,
} from '@turnpike/platform/redis/redis-client';
import { Spool } from '@turnpike/platform/spool/spool';
import { oneOfLabels } from '@turnpike/platform/telemetry/label-values';
import type { Telemetry } from '@turnpike/platform/telemetry/telemetry';

import { adoptDeadInstances } from './adopt-dead-instances.ts';
import { CaptureQueue } from './capture-queue.ts';
import { createMeter, type OpenMeter } from './meter.ts';
import { createRecentRecords } from './recent-records.ts';
import { repeatEvery } from './repeat-every.ts';
import { startShipper, type Shipper } from './shipper.ts';

export interface MeteringOptions {
  readonly instance: InstanceFacts;
  readonly spool: { readonly directory: string; readonly maxBytes: number };
  readonly redisUrl: Secret;
  readonly database: MeterDatabase;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Everything that records and settles usage in this process. */
export interface Metering {
  readonly meter: OpenMeter;
  /** Brings everything that is durable by now to Postgres. False when that did not succeed within the time. */
  shipAll(timeoutMs: number): Promise<boolean>;
  /** Settles and ships what is recorded, then stops. What cannot be shipped in time is left to be adopted. */
  close(): Promise<void>;
}

const startTimeoutMs = 10_000;
/** How long dead instances' records wait at most. */
const adoptEveryMs = 3_000;
const heartbeatEveryMs = 5_000;
/** Wake-ups in between are covered by the one that is sent after them. */
const wakeEveryMs = 250;
const settleTimeoutMs = 3_000;
const shipTimeoutMs = 10_000;

/** Opens the spool, adopts what dead instances left, and starts shipping and settling. Throws when it cannot. */
export async function openMetering(options: MeteringOptions): Promise<Metering> {
  const { instance, database, logger, telemetry } = options;
  const redis = createBackgroundConnection({ url: options.redisUrl, name: 'metering', logger });
  const queueConnection = createQueueConnection({ url: options.redisUrl, name: 'queue', logger });
  await waitUntilReady(redis, startTimeoutMs);
  await assertNoEviction(redis);
  await database.registerInstance(instance);
  const queue = createJobQueue(queueConnection, logger);
  const wakePosting = createWakeUp(() => queue.enqueue(postLedger, {}), logger);

  const captures: CaptureQueue = new CaptureQueue({
    redis,
    logger,
    outcomes: telemetry.counter({
      name: 'captures_total',
      help: 'Settled holds by what their capture found.',
      labels: { outcome: oneOfLabels('moved', 'debited', 'duplicate', 'unknown') },
    }),
    onSettled: (requestIds) => meter.settled(requestIds),
    shippedUntilMs: () => shipper.shippedUntilMs,
  });
  const spool: Spool = await Spool.open({
    root: options.spool.directory,
    instanceId: instance.id,
    maxBytes: options.spool.maxBytes,
    carryOver: () => meter.openRecords(),
    logger,
  });
  const records = createRecentRecords();
  const meter: OpenMeter = createMeter({ spool, records, captures, logger, nowMs: () => Date.now() });
  const rows = telemetry.counter({
    name: 'usage_rows_total',
    help: 'Usage records that left the spool, by where they went.',
    labels: { to: oneOfLabels('postgres', 'dead-letter') },
  });
  const ship = { database, instanceId: instance.id, logger };
  const shipper: Shipper = startShipper({
    ...ship,
    spool,
    records,
    onShipped({ added, deadLetters }) {
      rows.add({ to: 'postgres' }, added);
      rows.add({ to: 'dead-letter' }, deadLetters);
      wakePosting();
    },
  });
  const finishing = new Set<Promise<boolean>>();
  const adopt = async (): Promise<void> => {
    const adoptions = await adoptDeadInstances({
      ...ship,
      spoolRoot: options.spool.directory,
      captures,
      nowMs: () => Date.now(),
      onShipped: wakePosting,
    });
    for (const { finished } of adoptions) {
      finishing.add(finished);
      void finished.finally(() => finishing.delete(finished));
    }
  };
  registerGauges(telemetry, spool, captures, meter);
  const loops = [
    repeatEvery(adoptEveryMs, 'adopt', logger, adopt),
    repeatEvery(heartbeatEveryMs, 'heartbeat', logger, async () => {
      if (!(await database.heartbeat(instance.id))) {
        await database.registerInstance(instance);
      }
    }),
  ];

  return {
    meter,
    shipAll: (timeoutMs) => shipper.drain(timeoutMs),
    async close() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await captures.drain(settleTimeoutMs);
      const isShipped = await shipper.drain(shipTimeoutMs);
      await shipper.stop();
      captures.close();
      await Promise.all(finishing);
      await spool.close({ isShipped: isShipped && meter.openCalls === 0 && spool.unshippedBytes === 0 });
      await database.stopInstance(instance.id).catch((error: unknown) => {
        logger.warn({ component: 'metering', error }, 'Postgres could not be told that this instance ended.');
      });
      await queue.close();
      await Promise.all([closeConnection(redis), closeConnection(queueConnection)]);
    },
  };
}

/** At most one wake-up at a time and per interval; one that is asked for meanwhile is sent afterwards. */
function createWakeUp(send: () => Promise<void>, logger: Logger): () => void {
  let isBusy = false;
  let isWanted = false;
  const sendWhileWanted = async (): Promise<void> => {
    isBusy = true;
    while (isWanted) {
      isWanted = false;
      try {
        await send();
      } catch (error) {
        logger.warn({ component: 'metering', error }, 'Posting was not woken; its schedule will find the usage.');
      }
      await sleep(wakeEveryMs, undefined, { ref: false });
    }
    isBusy = false;
  };
  return () => {
    isWanted = true;
    if (!isBusy) {
      void sendWhileWanted();
    }
  };
}

function registerGauges(telemetry: Telemetry, spool: Spool, captures: CaptureQueue, meter: OpenMeter): void {
  telemetry.gauge({
    name: 'spool_unshipped_bytes',
    help: 'Durable usage records that are not in Postgres yet.',
    read: () => spool.unshippedBytes,
  });
  telemetry.gauge({
    name: 'spool_writable',
    help: '1 while usage can be recorded and new work is accepted.',
    read: () => (spool.isWritable ? 1 : 0),
  });
  telemetry.gauge({ name: 'captures_waiting', help: 'Holds that are not settled yet.', read: () => captures.length });
  telemetry.gauge({ name: 'calls_open', help: 'Calls that are not closed in the spool.', read: () => meter.openCalls });
}
