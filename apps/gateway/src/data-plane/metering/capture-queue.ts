import type { RequestId } from '@turnpike/core/ids';
import type { Logger } from '@turnpike/platform/log/logger';
import { bucketOf } from '@turnpike/platform/redis/bucket';
import { capture, voidHolds } from '@turnpike/platform/redis/hold-store';
import type { Capture, CaptureOutcome, HoldReference } from '@turnpike/platform/redis/hold-types';
import type { RedisConnection } from '@turnpike/platform/redis/redis-client';
import type { CounterMetric } from '@turnpike/platform/telemetry/telemetry';

export interface CaptureQueueOptions {
  readonly redis: RedisConnection;
  readonly logger: Logger;
  readonly outcomes: CounterMetric<{ readonly outcome: string }>;
  /** These are settled for good, or given up: nothing waits for them any more. */
  readonly onSettled: (requestIds: readonly RequestId[]) => void;
  /** Whatever was durable in the spool at this monotonic time (performance.now) is in Postgres. */
  readonly shippedUntilMs: () => number;
  /** How long an account's figures may be on their way from Postgres to Redis; a minute where it is not given. */
  readonly loadMs?: number;
}

/** Captures that somebody waits for as a whole. */
interface Batch {
  left: number;
  readonly finish: (isSettled: boolean) => void;
}

type Item = {
  readonly sinceMs: number;
  readonly batch?: Batch;
  /** When it was first seen that Postgres has what is captured here. */
  readonly shippedAtMs?: number;
} & ({ readonly type: 'capture'; readonly item: Capture } | { readonly type: 'void'; readonly item: HoldReference });

/** A script blocks Redis while it runs: this many take about five milliseconds. */
const maxPerScript = 200;
/** Some 30 MB; reached only when Redis is away for long, and then its state is loaded anew when it is back. */
const maxQueued = 100_000;
const firstRetryMs = 50;
const maxRetryMs = 2_000;
/** An account that is not loaded may be loaded by the next call. */
const unknownRetryMs = 1_000;
/**
 * So long after its usage came to Postgres, no figures from before can still be on their way to Redis: a reading is
 * two statements of 30 seconds at most. Whenever the account is loaded from then on, its figures hold the usage, and
 * capturing it would count it twice. Shorter than the two minutes for which loading leaves tombstones of posted usage.
 */
const defaultLoadMs = 60_000;

/**
 * Settles holds in the background: what gathers in a turn of the loop, or while the scripts before are under way, goes
 * out as one script per bucket; what Redis does not take is tried again until it does. Every item may be sent twice.
 */
export class CaptureQueue {
  readonly #options: CaptureQueueOptions;
  /** In the order in which they came; sent as soon as Redis takes them. */
  #ready: Item[] = [];
  /** Of accounts that are not loaded, in the order in which they are due. */
  #unknown: { readonly item: Item; readonly dueAtMs: number }[] = [];
  #isScheduled = false;
  #isSending = false;
  #isClosed = false;
  /** Scripts that failed in a row, and until when nothing is sent because of it. */
  #failures = 0;
  #pausedUntilMs = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #whenIdle: (() => void)[] = [];
  readonly #batches = new Set<Batch>();

  constructor(options: CaptureQueueOptions) {
    this.#options = options;
  }

  /** Holds that are not settled yet: for gauges. */
  get length(): number {
    return this.#ready.length + this.#unknown.length;
  }

  /** Moves what a call came to from held to spent. */
  capture(item: Capture): void {
    this.#add({ type: 'capture', item, sinceMs: performance.now() });
  }

  /**
   * Captures what is in Postgres already. Resolves with true when all of it is settled for good, and with false when
   * that will not happen here: the queue is closed, or full.
   */
  captureAll(items: readonly Capture[]): Promise<boolean> {
    if (items.length === 0 || this.#isClosed) {
      return Promise.resolve(!this.#isClosed);
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const batch: Batch = {
      left: items.length,
      finish: (isSettled) => {
        this.#batches.delete(batch);
        resolve(isSettled);
      },
    };
    this.#batches.add(batch);
    for (const item of items) {
      this.#add({ type: 'capture', item, sinceMs: performance.now(), batch });
    }
    return promise;
  }

  /** Releases the hold of a call that reached no provider. */
  void(item: HoldReference): void {
    this.#add({ type: 'void', item, sinceMs: performance.now() });
  }

  /** Resolves when everything is settled, or after the time given. */
  async drain(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#whenIdle.push(resolve);
    this.#schedule();
    await promise;
    clearTimeout(timer);
  }

  /** Sends nothing more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const batch of this.#batches) {
      batch.finish(false);
    }
  }

  #add(item: Item): void {
    if (this.length >= maxQueued) {
      this.#drop(item);
      return;
    }
    this.#ready.push(item);
    this.#schedule();
  }

  #drop({ item, batch }: Item): void {
    if (this.#dropped % 1_000 === 0) {
      const facts = { component: 'metering', count: this.#dropped + 1 };
      this.#options.logger.error(facts, 'Redis is away for too long; captures are left to the loading of accounts.');
    }
    this.#dropped += 1;
    batch?.finish(false);
    this.#options.onSettled([item.requestId]);
  }

  /** Sends in the next turn of the loop; after a failure or while everything waits for its time, when that has come. */
  #schedule(): void {
    if (this.#isScheduled || this.#isSending || this.#isClosed) {
      return;
    }
    const nowMs = performance.now();
    const dueAtMs = this.#ready.length > 0 ? 0 : (this.#unknown[0]?.dueAtMs ?? 0);
    const waitMs = Math.max(this.#pausedUntilMs, dueAtMs) - nowMs;
    clearTimeout(this.#timer);
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#schedule(), waitMs);
      this.#timer.unref();
      return;
    }
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    const nowMs = performance.now();
    const firstLater = this.#unknown.findIndex(({ dueAtMs }) => dueAtMs > nowMs);
    const due = this.#unknown.splice(0, firstLater === -1 ? this.#unknown.length : firstLater);
    const items = [...this.#ready, ...due.map(({ item }) => item)];
    this.#ready = [];
    const refused = (await Promise.all(groupByScript(items).map((group) => this.#sendGroup(group)))).flat();
    if (refused.length > 0) {
      this.#ready = [...refused, ...this.#ready];
      this.#pausedUntilMs = performance.now() + Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 10));
      this.#failures += 1;
    } else {
      this.#failures = 0;
    }
    this.#isSending = false;
    if (this.length > 0) {
      this.#schedule();
      return;
    }
    for (const resolve of this.#whenIdle.splice(0)) {
      resolve();
    }
  }

  /** Sends one script; gives back what Redis did not take. */
  async #sendGroup({ bucket, items }: ScriptGroup): Promise<readonly Item[]> {
    const { redis, logger, onSettled } = this.#options;
    const captures = items.filter((item) => item.type === 'capture');
    const voids = items.filter((item) => item.type === 'void');
    try {
      const [outcomes] = await Promise.all([
        captures.length === 0
          ? []
          : capture(
              redis,
              bucket,
              captures.map(({ item }) => item),
            ),
        voids.length === 0
          ? undefined
          : voidHolds(
              redis,
              bucket,
              voids.map(({ item }) => item),
            ),
      ]);
      const settled = captures.filter((item, index) => this.#isSettled(item, outcomes[index] ?? 'unknown'));
      for (const { batch } of settled) {
        if (batch !== undefined && (batch.left -= 1) === 0) {
          batch.finish(true);
        }
      }
      onSettled([...settled, ...voids].map(({ item }) => item.requestId));
      return [];
    } catch (error) {
      if (this.#failures === 0) {
        logger.warn({ component: 'metering', count: items.length, error }, 'Redis took no captures; retrying.');
      }
      return items;
    }
  }

  #isSettled(item: Item, outcome: CaptureOutcome): boolean {
    const { outcomes, shippedUntilMs, loadMs = defaultLoadMs } = this.#options;
    outcomes.add({ outcome });
    if (outcome !== 'unknown') {
      return true;
    }
    const nowMs = performance.now();
    const shippedAtMs = item.shippedAtMs ?? (shippedUntilMs() > item.sinceMs ? nowMs : undefined);
    if (shippedAtMs !== undefined && nowMs - shippedAtMs >= loadMs) {
      return true;
    }
    this.#unknown.push({
      item: shippedAtMs === undefined ? item : { ...item, shippedAtMs },
      dueAtMs: nowMs + unknownRetryMs,
    });
    return false;
  }
}

interface ScriptGroup {
  readonly bucket: number;
  readonly items: readonly Item[];
}

function groupByScript(items: readonly Item[]): readonly ScriptGroup[] {
  const groups: ScriptGroup[] = [];
  for (const [bucket, members] of Map.groupBy(items, ({ item }) => bucketOf(item.organizationId))) {
    for (let start = 0; start < members.length; start += maxPerScript) {
      groups.push({ bucket, items: members.slice(start, start + maxPerScript) });
    }
  }
  return groups;
}
