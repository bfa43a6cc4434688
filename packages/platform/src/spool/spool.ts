import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GatewayError } from '@turnpike/core/errors';
import { z } from 'zod';
import type { Logger } from '../log/logger.ts';
import { OpenJournal } from './open-journal.ts';
import { lockFolder, type OwnerLock } from './owner-lock.ts';
import { SegmentReader, type SpoolBatch } from './segment-reader.ts';
import { groupSync, type SpoolPosition } from './segment-writer.ts';
import { codeOfError, folderMode, syncDirectory } from './spool-files.ts';
import type { SpoolAnswer, SpoolRequest, SpoolThreadData } from './spool-messages.ts';

export interface SpoolOptions {
  /** Where the folders of all instances on this host are. */
  readonly root: string;
  readonly instanceId: string;
  /** Bytes that are durable but not safe elsewhere at which the spool counts as full. */
  readonly maxBytes: number;
  /** Records of everything that is open, for a new journal file. */
  readonly carryOver: () => Iterable<string>;
  readonly logger: Logger;
}

const maxSegmentBytes = 8 * 1_048_576;
const maxSegmentAgeMs = 60_000;
/** Some ten thousand ends of calls: more than run at once in a process. */
const reserveBytes = 8 * 1_048_576;
const compactJournalAtBytes = 4 * 1_048_576;
/** New work is refused from here on, so that what runs still finds room. */
const fullShare = 0.8;
/** How long a caller waits for a disk that does not answer. The record stays queued. */
const durableTimeoutMs = 5_000;
const tickMs = 200;

interface Waiter {
  readonly through: number;
  readonly sinceMs: number;
  readonly onDurable: () => string | undefined;
  readonly resolve: () => void;
  readonly reject: (error: GatewayError) => void;
}

const answerSchema: z.ZodType<SpoolAnswer> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('durable'),
    through: z.number(),
    position: z.object({ segment: z.number(), offset: z.number() }),
    writtenBytes: z.number(),
  }),
  z.object({ type: z.literal('failed'), code: z.string() }),
  z.object({ type: z.literal('healthy') }),
]);

/**
 * The local, durable log of one instance: one folder, owned by this process. What is begun is written at once to a
 * journal; what ended is written by a thread of its own, many records to one fdatasync.
 */
export class Spool {
  readonly directory: string;
  readonly #options: SpoolOptions;
  readonly #lock: OwnerLock;
  readonly #thread: Worker;
  readonly #journal: OpenJournal;
  readonly #reader: SegmentReader;
  readonly #ticker: NodeJS.Timeout;
  readonly #waiters: Waiter[] = [];
  #batch: string[] = [];
  /** A group is with the thread. */
  #isThreadBusy = false;
  #appended = 0;
  #durable: SpoolPosition = { segment: 0, offset: 0 };
  #unshippedBytes = 0;
  #threadFailure: string | undefined;
  #journalFailure: string | undefined;
  #whenClosed: (() => void) | undefined;

  /** Makes the folder of this instance and starts its thread. Throws when the folder cannot be written. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const directory = join(options.root, options.instanceId);
    mkdirSync(directory, { recursive: true, mode: folderMode });
    syncDirectory(options.root);
    const lock = await lockFolder(directory, { isOwn: true });
    if (lock === undefined) {
      throw new Error('The folder of this instance is owned by another process.');
    }
    return new Spool(options, directory, lock);
  }

  private constructor(options: SpoolOptions, directory: string, lock: OwnerLock) {
    this.#options = options;
    this.directory = directory;
    this.#lock = lock;
    this.#reader = new SegmentReader(directory);
    this.#journal = new OpenJournal({
      directory,
      compactAtBytes: compactJournalAtBytes,
      carryOver: options.carryOver,
    });
    const data: SpoolThreadData = { directory, maxSegmentBytes, maxSegmentAgeMs, reserveBytes };
    this.#thread = new Worker(threadUrl(), { workerData: data, name: 'spool' });
    this.#thread.on('message', (message: unknown) => this.#receive(answerSchema.parse(message)));
    this.#thread.on('error', (error) => this.#failThread(codeOfError(error), error));
    this.#thread.on('exit', () => this.#endThread());
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#ticker.unref();
  }

  /** Whether what is recorded would be kept. False: refuse new work before it is accepted. */
  get isWritable(): boolean {
    return this.problem === undefined;
  }

  /** Why nothing new should be accepted: a system code, `full` or `lost`; undefined while all is well. */
  get problem(): string | undefined {
    if (!this.#lock.isHeld) {
      return 'lost';
    }
    const isFull = this.#unshippedBytes >= fullShare * this.#options.maxBytes;
    return this.#threadFailure ?? this.#journalFailure ?? (isFull ? 'full' : undefined);
  }

  /** How a record is made to last before `appendDurable` resolves, in the words of the system call. */
  get durability(): typeof groupSync.name {
    return groupSync.name;
  }

  /** Durable bytes that are not committed by the reader yet. */
  get unshippedBytes(): number {
    return this.#unshippedBytes;
  }

  /**
   * Records something that is open. When it returns, the record survives the death of this process. Throws GatewayError
   * `service_unavailable` when it cannot be written: what it announces must not be done then.
   */
  append(record: string): void {
    try {
      this.#journal.append(record);
    } catch (error) {
      this.#failJournal(error);
      throw unavailable(error);
    }
  }

  /**
   * Records something that ended. Resolves when it is on the disk. Rejects with GatewayError `service_unavailable` when
   * the disk does not take it for five seconds; the record stays queued and is written when the disk is back. Whenever
   * that is, `onDurable` is called, in the same turn before anything can read the record. What it answers is noted in the
   * journal; where that cannot be written, its renewed file begins with what is carried over.
   */
  appendDurable(record: string, onDurable: () => string | undefined = () => undefined): Promise<void> {
    this.#appended += 1;
    if (this.#batch.push(record) === 1) {
      setImmediate(() => this.#flush());
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.push({ through: this.#appended, sinceMs: performance.now(), onDurable, resolve, reject });
    return promise;
  }

  /** Durable records that are not committed, at most so many. */
  read(maxRecords: number): Promise<SpoolBatch> {
    return this.#reader.read(maxRecords, this.#durable);
  }

  /** A batch is safe elsewhere: it is not read again, and its segments are deleted. */
  async commit({ next, bytes }: SpoolBatch): Promise<void> {
    await this.#reader.commit(next);
    // Lines that were written twice around an error are read twice and were counted once.
    this.#unshippedBytes = Math.max(0, this.#unshippedBytes - bytes);
  }

  /** Writes what is queued and stops. With `isShipped` the folder is removed; else the next instance adopts it. */
  async close({ isShipped }: { readonly isShipped: boolean }): Promise<void> {
    clearInterval(this.#ticker);
    this.#handOver();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenClosed = resolve;
    this.#send({ type: 'close' });
    await promise;
    this.#journal.close();
    await this.#reader.close();
    if (isShipped) {
      rmSync(this.directory, { recursive: true, force: true });
    }
    await this.#lock.release();
  }

  /** Hands a group over, unless the thread still syncs one: what comes meanwhile is the next group, in one message. */
  #flush(): void {
    if (!this.#isThreadBusy) {
      this.#handOver();
    }
  }

  #handOver(): void {
    if (this.#batch.length > 0) {
      const records = this.#batch;
      this.#batch = [];
      this.#isThreadBusy = true;
      this.#send({ type: 'write', records, through: this.#appended });
    }
  }

  #send(request: SpoolRequest): void {
    this.#thread.postMessage(request, []);
  }

  #receive(answer: SpoolAnswer): void {
    switch (answer.type) {
      case 'durable':
        this.#durable = answer.position;
        this.#unshippedBytes += answer.writtenBytes;
        this.#isThreadBusy = false;
        this.#settleThrough(answer.through);
        this.#flush();
        return;
      case 'failed':
        this.#failThread(answer.code);
        return;
      case 'healthy':
        this.#threadFailure = undefined;
        this.#options.logger.info({ component: 'spool' }, 'The spool is writable again.');
        return;
      default:
        answer satisfies never;
    }
  }

  #settleThrough(through: number): void {
    const notes: string[] = [];
    let count = 0;
    for (const waiter of this.#waiters) {
      if (waiter.through > through) {
        break;
      }
      const note = waiter.onDurable();
      if (note !== undefined) {
        notes.push(note);
      }
      waiter.resolve();
      count += 1;
    }
    this.#waiters.splice(0, count);
    this.#note(notes);
  }

  /** Writes notes with one call: one for each would cost as much as all the rest of recording a call. */
  #note(notes: readonly string[]): void {
    if (notes.length > 0) {
      try {
        this.#journal.append(...notes);
      } catch (error) {
        this.#failJournal(error);
      }
    }
  }

  #failThread(code: string, error?: Error): void {
    if (this.#threadFailure === undefined) {
      this.#options.logger.error({ component: 'spool', code, error }, 'The spool cannot be written.');
    }
    this.#threadFailure = code;
  }

  #endThread(): void {
    if (this.#whenClosed === undefined) {
      this.#failThread('thread-ended');
    } else {
      this.#rejectOlderThan(Number.POSITIVE_INFINITY);
      this.#whenClosed();
    }
  }

  #failJournal(error: unknown): void {
    if (this.#journalFailure === undefined) {
      this.#options.logger.error({ component: 'spool', error }, 'The journal of open calls cannot be written.');
    }
    this.#journalFailure = codeOfError(error);
  }

  /** Tries a broken journal again, and lets nobody wait for ever for a broken disk. */
  #tick(): void {
    if (this.#journalFailure !== undefined) {
      try {
        this.#journal.renew();
        this.#journalFailure = undefined;
      } catch (error) {
        this.#failJournal(error);
      }
    }
    this.#rejectOlderThan(performance.now() - durableTimeoutMs);
  }

  /** Lets callers go; their records stay queued. Rejecting twice does nothing. */
  #rejectOlderThan(limitMs: number): void {
    for (const { sinceMs, reject } of this.#waiters) {
      if (sinceMs > limitMs) {
        break;
      }
      reject(unavailable(undefined));
    }
  }
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError('service_unavailable', 'Usage cannot be recorded at the moment. Please retry.', {
    cause,
    retryAfterSeconds: 5,
  });
}

/** The thread's file, from source (which Node runs as it is) and from compiled code alike. */
function threadUrl(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('./spool-thread.ts', import.meta.url)
    : new URL('./spool-thread.js', import.meta.url);
}
