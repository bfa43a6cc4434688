import type { SpoolBatch } from '@turnpike/platform/spool/segment-reader';
import type { Spool } from '@turnpike/platform/spool/spool';

import type { RecentRecords } from './recent-records.ts';
import { unpackRecords, type ShipOptions, type Shipment, shipRecords, type ShippedFigures } from './ship-records.ts';

export interface ShipperOptions extends ShipOptions {
  readonly spool: Pick<Spool, 'read' | 'commit'>;
  readonly records: Pick<RecentRecords, 'decode'>;
  /** New usage is in Postgres: wake whoever posts it. */
  readonly onShipped: (figures: ShippedFigures) => void;
}

export interface Shipper {
  /** Ships everything that is durable by now. False when it did not succeed within the time. */
  drain(timeoutMs: number): Promise<boolean>;
  /** Whatever was durable at this monotonic time (performance.now) is in Postgres, or kept as a dead letter. */
  readonly shippedUntilMs: number;
  stop(): Promise<void>;
}

/** A row reaches Postgres this long after its call at most, while Postgres answers. */
const intervalMs = 100;
export const maxRecordsPerBatch = 500;
const maxRetryMs = 5_000;

/** Carries what is durable in the spool to Postgres, in order, until it is stopped. */
export function startShipper(options: ShipperOptions): Shipper {
  const { spool, records, logger, onShipped } = options;
  let current: { readonly batch: SpoolBatch; readonly shipment: Shipment } | undefined;
  let failures = 0;
  let isStopped = false;
  let shippedUntilMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<boolean> | undefined;

  /** Ships one batch. True when there may be more. */
  async function shipNext(): Promise<boolean> {
    const { batch, shipment } = (current ??= await readNext());
    if (batch.records.length > 0) {
      onShipped(await shipRecords(options, shipment));
    }
    current = undefined;
    if (batch.bytes > 0) {
      await spool.commit(batch);
    }
    return batch.records.length === maxRecordsPerBatch;
  }

  async function readNext() {
    const batch = await spool.read(maxRecordsPerBatch);
    if (batch.damagedLines > 0) {
      logger.error({ component: 'metering', count: batch.damagedLines }, 'The spool has damaged lines.');
    }
    return { batch, shipment: unpackRecords(batch.records, records.decode) };
  }

  /** Ships until nothing is left. False when Postgres did not take it. */
  async function shipAll(): Promise<boolean> {
    const startedMs = performance.now();
    try {
      while (await shipNext()) {
        failures = 0;
      }
      failures = 0;
      shippedUntilMs = startedMs;
      return true;
    } catch (error) {
      if (failures === 0) {
        logger.error({ component: 'metering', error }, 'Usage could not be shipped; it waits in the spool.');
      }
      failures += 1;
      return false;
    }
  }

  function run(): Promise<boolean> {
    running ??= shipAll().finally(() => {
      running = undefined;
    });
    return running;
  }

  function schedule(): void {
    if (!isStopped) {
      const waitMs = failures === 0 ? intervalMs : Math.min(maxRetryMs, intervalMs * 2 ** Math.min(failures, 10));
      timer = setTimeout(() => void run().then(schedule), waitMs);
    }
  }

  schedule();
  return {
    get shippedUntilMs() {
      return shippedUntilMs;
    },
    async drain(timeoutMs) {
      const untilMs = performance.now() + timeoutMs;
      for (;;) {
        await running;
        if (await run()) {
          return true;
        }
        if (performance.now() > untilMs) {
          return false;
        }
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
      }
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
