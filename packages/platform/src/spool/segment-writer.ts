import { Buffer } from 'node:buffer';
import { closeSync, fdatasyncSync, ftruncateSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { encodeLine } from './record-lines.ts';
import { fileMode, isFileError, spoolFilePath, syncDirectory } from './spool-files.ts';

/** What makes a group last. The call and its name stand together, so that health cannot claim another. */
export const groupSync = { name: 'fdatasync', run: fdatasyncSync } as const;

/** How far a folder's segments are durable. */
export interface SpoolPosition {
  readonly segment: number;
  /** Bytes of the segment. */
  readonly offset: number;
}

export interface SegmentWriterOptions {
  readonly directory: string;
  /** A segment that has grown this large is closed. */
  readonly maxSegmentBytes: number;
  /** A segment this old is closed at the next write, so that what is shipped can be deleted. */
  readonly maxSegmentAgeMs: number;
  /** Kept back for the ends of running calls: freed when the disk is full. */
  readonly reserveBytes: number;
}

/**
 * Writes groups of records, each group with one fdatasync. Synchronous: it runs in a thread of its own. After an error
 * the segment is abandoned, because its tail and what the kernel still believes of it are unknown; the caller repeats
 * the group and it goes to a new segment.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  #descriptor: number | undefined;
  #segment = 0;
  #offset = 0;
  #openedAtMs = 0;
  #hasReserve = false;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
  }

  /** Writes and syncs. Throws what the system says; nothing of the group counts as written then. */
  writeGroup(records: readonly string[], nowMs: number): SpoolPosition & { readonly writtenBytes: number } {
    const { maxSegmentAgeMs, maxSegmentBytes } = this.#options;
    const isFull = this.#offset >= maxSegmentBytes || nowMs - this.#openedAtMs >= maxSegmentAgeMs;
    if (this.#descriptor !== undefined && isFull && this.#offset > 0) {
      this.#closeSegment();
    }
    const bytes = Buffer.from(records.map(encodeLine).join(''));
    try {
      const descriptor = this.#descriptor ?? this.#openSegment(nowMs);
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(descriptor, bytes, written);
      }
      groupSync.run(descriptor);
    } catch (error) {
      this.#abandonSegment();
      throw error;
    }
    this.#offset += bytes.length;
    return { segment: this.#segment, offset: this.#offset, writtenBytes: bytes.length };
  }

  /** Sets the reserve aside. Throws when there is no room for it: then no new work should be accepted. */
  keepReserve(): void {
    if (this.#hasReserve) {
      return;
    }
    writeFileSync(this.#reservePath, Buffer.alloc(this.#options.reserveBytes, 1), { mode: fileMode, flush: true });
    this.#hasReserve = true;
  }

  /** Gives the reserve to the records. False when it was given before. */
  freeReserve(): boolean {
    rmSync(this.#reservePath, { force: true });
    const wasKept = this.#hasReserve;
    this.#hasReserve = false;
    return wasKept;
  }

  close(): void {
    this.#closeSegment();
    rmSync(this.#reservePath, { force: true });
  }

  get #reservePath(): string {
    return join(this.#options.directory, 'reserve');
  }

  #openSegment(nowMs: number): number {
    this.#segment += 1;
    const path = spoolFilePath(this.#options.directory, 'end', this.#segment);
    const descriptor = openSync(path, 'ax', fileMode);
    this.#descriptor = descriptor;
    this.#offset = 0;
    this.#openedAtMs = nowMs;
    syncDirectory(this.#options.directory);
    return descriptor;
  }

  /** Ends a segment after an error. What was synced stays; a torn end is cut off, for on a full disk it takes room. */
  #abandonSegment(): void {
    try {
      if (this.#descriptor !== undefined) {
        ftruncateSync(this.#descriptor, this.#offset);
      }
    } catch {
      // Readers skip a torn end; cutting it off was for its room alone.
    }
    this.#closeSegment();
  }

  #closeSegment(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) {
      try {
        closeSync(descriptor);
      } catch (error) {
        // The descriptor is gone either way; what was synced stays.
        if (!isFileError(error, 'EIO')) {
          throw error;
        }
      }
    }
  }
}
