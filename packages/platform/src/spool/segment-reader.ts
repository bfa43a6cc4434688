import { Buffer } from 'node:buffer';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { type DecodedLines, decodeLines } from './record-lines.ts';
import type { SpoolPosition } from './segment-writer.ts';
import { isFileError, listSpoolFiles, spoolFilePath } from './spool-files.ts';

/** Records that follow each other in a spool, and where to go on once they are safe elsewhere. */
export interface SpoolBatch {
  readonly records: readonly string[];
  readonly next: SpoolPosition;
  /** Bytes of the segments that this batch covers. */
  readonly bytes: number;
  readonly damagedLines: number;
}

const chunkBytes = 256 * 1024;
const nothing: SpoolPosition = { segment: 0, offset: 0 };
const noLines: DecodedLines = { records: [], consumedBytes: 0, damagedLines: 0 };

/**
 * Reads the segments of a folder in order. Reading does not advance: `commit` does, and deletes what is behind it, so
 * that a batch is read again until it is safe.
 */
export class SegmentReader {
  readonly #directory: string;
  #committed: SpoolPosition = nothing;
  #file: { readonly segment: number; readonly handle: FileHandle } | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Reads up to `maxRecords` records that follow what is committed, and not beyond `until` (in a folder that is still
   * written) or to the end of the files. No records = there are none at the moment.
   */
  async read(maxRecords: number, until?: SpoolPosition): Promise<SpoolBatch> {
    let position = this.#committed;
    const records: string[] = [];
    let [bytes, damagedLines] = [0, 0];
    while (records.length < maxRecords) {
      const piece = await this.#readPiece(position, maxRecords - records.length, until);
      if (piece.consumedBytes > 0) {
        records.push(...piece.records);
        damagedLines += piece.damagedLines;
        bytes += piece.consumedBytes;
        position = { segment: position.segment, offset: position.offset + piece.consumedBytes };
        continue;
      }
      const following = this.#segmentAfter(position.segment, until);
      if (following === undefined) {
        break;
      }
      position = { segment: following, offset: 0 };
    }
    return { records, next: position, bytes, damagedLines };
  }

  /** What is before this position is not read again by this reader. */
  skipTo(position: SpoolPosition): void {
    this.#committed = position;
  }

  /** What is before this position is safe elsewhere: it is not read again, and its segments are deleted. */
  async commit(position: SpoolPosition): Promise<void> {
    this.skipTo(position);
    for (const segment of listSpoolFiles(this.#directory, 'end')) {
      if (segment < position.segment) {
        await rm(spoolFilePath(this.#directory, 'end', segment), { force: true });
      }
    }
    if (this.#file !== undefined && this.#file.segment < position.segment) {
      await this.close();
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }

  /** The next complete lines of a segment; none at its end, before a torn tail, or when it does not exist. */
  async #readPiece(
    position: SpoolPosition,
    maxRecords: number,
    until: SpoolPosition | undefined,
  ): Promise<DecodedLines> {
    const isLast = until !== undefined && until.segment <= position.segment;
    const readable = isLast ? until.offset - position.offset : Number.POSITIVE_INFINITY;
    const handle = readable > 0 ? await this.#openSegment(position.segment) : undefined;
    if (handle === undefined) {
      return noLines;
    }
    for (let size = Math.min(chunkBytes, readable); ; size = Math.min(size * 2, readable)) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(size), 0, size, position.offset);
      const decoded = decodeLines(buffer.subarray(0, bytesRead), maxRecords);
      // A line that is longer than the piece needs a larger piece, unless the file ends here.
      if (decoded.consumedBytes > 0 || bytesRead < size || size === readable) {
        return decoded;
      }
    }
  }

  async #openSegment(segment: number): Promise<FileHandle | undefined> {
    if (this.#file?.segment === segment) {
      return this.#file.handle;
    }
    await this.close();
    try {
      this.#file = { segment, handle: await open(spoolFilePath(this.#directory, 'end', segment), 'r') };
      return this.#file.handle;
    } catch (error) {
      if (isFileError(error, 'ENOENT')) {
        return undefined;
      }
      throw error;
    }
  }

  #segmentAfter(segment: number, until: SpoolPosition | undefined): number | undefined {
    const last = until?.segment ?? Number.POSITIVE_INFINITY;
    if (segment >= last) {
      return undefined;
    }
    return listSpoolFiles(this.#directory, 'end').find((number) => number > segment && number <= last);
  }
}
