import { Buffer } from 'node:buffer';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { encodeLine } from './record-lines.ts';
import { fileMode, listSpoolFiles, spoolFilePath } from './spool-files.ts';

export interface OpenJournalOptions {
  readonly directory: string;
  /** The file is written anew when it has grown to this and to four times what had to be carried over. */
  readonly compactAtBytes: number;
  /** Records of everything that is still open: what a new file begins with. */
  readonly carryOver: () => Iterable<string>;
}

/**
 * What has been begun and not ended. A record is in the kernel when `append` returns, so it survives the death of the
 * process at any later instruction; there is no sync, because a loss of power takes the calls' connections as well.
 * Written on the caller's thread: a write of a few hundred bytes to the page cache takes two microseconds, less than
 * handing it to another thread, which may be waiting for the disk.
 */
export class OpenJournal {
  readonly #options: OpenJournalOptions;
  #descriptor: number | undefined;
  #number = 0;
  #bytes = 0;
  #compactAtBytes: number;

  constructor(options: OpenJournalOptions) {
    this.#options = options;
    this.#compactAtBytes = options.compactAtBytes;
  }

  /** Writes records, all with one call of the system. Throws what it says; the next record begins a new file then. */
  append(...records: readonly string[]): void {
    if (this.#descriptor === undefined || this.#bytes >= this.#compactAtBytes) {
      this.renew();
    }
    let lines = '';
    for (const record of records) {
      lines += encodeLine(record);
    }
    this.#write(lines);
  }

  /** Begins a new file with what is still open, then deletes the older ones. Throws what the system says. */
  renew(): void {
    const { directory, carryOver, compactAtBytes } = this.#options;
    this.close();
    this.#number += 1;
    this.#bytes = 0;
    this.#descriptor = openSync(spoolFilePath(directory, 'open', this.#number), 'ax', fileMode);
    let lines = '';
    for (const record of carryOver()) {
      lines += encodeLine(record);
    }
    this.#write(lines);
    this.#compactAtBytes = Math.max(compactAtBytes, 4 * this.#bytes);
    for (const number of listSpoolFiles(directory, 'open')) {
      if (number < this.#number) {
        rmSync(spoolFilePath(directory, 'open', number), { force: true });
      }
    }
  }

  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) {
      closeSync(descriptor);
    }
  }

  #write(lines: string): void {
    if (lines === '' || this.#descriptor === undefined) {
      return;
    }
    try {
      const written = writeSync(this.#descriptor, lines);
      if (written !== Buffer.byteLength(lines)) {
        // A file takes less than it was given only when the disk is full.
        throw Object.assign(new Error('The disk took only a part of the record.'), { code: 'ENOSPC' });
      }
      this.#bytes += written;
    } catch (error) {
      // Nothing may follow a torn line.
      this.close();
      throw error;
    }
  }
}
