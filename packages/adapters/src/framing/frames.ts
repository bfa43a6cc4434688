import { concatBytes, GrowingBytes, startsWithAscii } from './bytes.ts';

/** One server-sent event as ranges of bytes. The same object is used for every event: read it, do not keep it. */
export interface SseFrame {
  readonly source: Uint8Array;
  /** The whole event with its blank line. */
  readonly start: number;
  readonly end: number;
  /** The payload; `data.start === data.end` for an event without any, such as a comment. */
  readonly dataSource: Uint8Array;
  readonly dataStart: number;
  readonly dataEnd: number;
  /** Offsets of the `event:` value in `source`; equal when there is none. */
  readonly eventStart: number;
  readonly eventEnd: number;
  /** False when the event carries more than one `data` line and one `event` line: comments, ids, split data. */
  readonly isPlain: boolean;
}

/** Larger than any event on record (an image in base64 takes a few MB); a line without an end must not fill memory. */
const maxFrameBytes = 16 * 1024 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;
const space = 0x20;

/**
 * Cuts a byte stream into server-sent events, whatever the chunking: line ends may be LF, CR or CRLF, a byte order
 * mark may lead, an event may carry several `data` lines. Events that lie whole in a chunk are not copied.
 */
export class SseFrames {
  private readonly pending = new GrowingBytes();
  private readonly limit: number;
  /** Line starts and ends of the event being read, relative to its first byte. */
  private readonly lines: number[] = [];
  private lineStart = 0;
  private afterReturn = false;
  /** The stream ends its lines with CRLF, so a CR at the end of a chunk waits for its LF. */
  private usesCrLf = false;
  private isBlankLineHeld = false;
  private isFirst = true;
  /** True once an event outgrew the limit; nothing more is read then. */
  isOverflowing = false;

  constructor(limitBytes: number = maxFrameBytes) {
    this.limit = limitBytes;
  }

  /** Reads a chunk and calls back for each event that is complete. */
  push(chunk: Uint8Array, onFrame: (frame: SseFrame) => void): void {
    let from = 0;
    let at = 0;
    // Most streams hold no CR at all: it is looked for once per chunk, and LF by the engine's own search.
    let nextReturn = chunk.indexOf(carriageReturn);
    // Offsets of lines count from the start of the event, part of which may be kept from earlier chunks.
    let base = -this.pending.length;
    if (this.isBlankLineHeld && chunk.length > 0) {
      this.isBlankLineHeld = false;
      this.afterReturn = false;
      at = chunk[0] === lineFeed ? 1 : 0;
      this.emit(chunk, 0, at, onFrame);
      from = at;
      base = at;
      this.lineStart = 0;
    }
    while (at < chunk.length && !this.isOverflowing) {
      const byte = chunk[at];
      if (byte === lineFeed && this.afterReturn) {
        // The second half of a CRLF that was cut: it belongs to the line before, or to the event before.
        this.afterReturn = false;
        this.usesCrLf = true;
        at++;
        if (at - base === 1) {
          from = at;
          base = at;
          this.lineStart = 0;
        } else {
          this.lineStart = at - base;
        }
        continue;
      }
      this.afterReturn = false;
      if (byte !== lineFeed && byte !== carriageReturn) {
        if (nextReturn !== -1 && nextReturn < at) {
          nextReturn = chunk.indexOf(carriageReturn, at);
        }
        const nextFeed = chunk.indexOf(lineFeed, at);
        at = nextFeed === -1 ? chunk.length : nextFeed;
        if (nextReturn !== -1 && nextReturn < at) {
          at = nextReturn;
        }
        continue;
      }
      const lineEnd = at - base;
      const isBlank = lineEnd === this.lineStart;
      at++;
      if (byte === carriageReturn) {
        if (at < chunk.length && chunk[at] === lineFeed) {
          at++;
          this.usesCrLf = true;
        } else {
          this.afterReturn = true;
        }
      }
      if (isBlank && this.afterReturn && this.usesCrLf && at === chunk.length) {
        this.isBlankLineHeld = true;
        break;
      }
      if (isBlank) {
        this.emit(chunk, from, at, onFrame);
        from = at;
        base = at;
        this.lineStart = 0;
      } else {
        this.lines.push(this.lineStart, lineEnd);
        this.lineStart = at - base;
      }
    }
    if (from < chunk.length && !this.isOverflowing) {
      this.pending.append(chunk, from);
      if (this.pending.length > this.limit) {
        this.isOverflowing = true;
        this.pending.take();
      }
    }
  }

  /** The provider closed: what it left without a final blank line is an event too, if it holds anything. */
  end(onFrame: (frame: SseFrame) => void): void {
    const length = this.pending.length;
    if (length > this.lineStart && !this.isBlankLineHeld) {
      this.lines.push(this.lineStart, length);
    }
    if (this.lines.length > 0) {
      // Without its blank line an event must be written anew, or it would run into the next one.
      this.emit(noBytes, 0, 0, (frame) => onFrame({ ...frame, isPlain: false }));
    }
  }

  private emit(chunk: Uint8Array, from: number, to: number, onFrame: (frame: SseFrame) => void): void {
    let source = chunk;
    let start = from;
    let end = to;
    if (this.pending.length > 0) {
      this.pending.append(chunk, from, to);
      source = this.pending.take();
      start = 0;
      end = source.length;
    }
    if (this.isFirst) {
      this.isFirst = false;
      if (source[start] === 0xef && source[start + 1] === 0xbb && source[start + 2] === 0xbf) {
        start += 3;
        if (this.lines.length > 0) {
          this.lines[0] = 3;
        }
        onFrame(readFrame(source, start, end, this.lines, start - 3));
        this.lines.length = 0;
        return;
      }
    }
    onFrame(readFrame(source, start, end, this.lines, start));
    this.lines.length = 0;
  }
}

const noBytes = new Uint8Array(0);

function readFrame(source: Uint8Array, start: number, end: number, lines: readonly number[], base: number): SseFrame {
  let dataStart = start;
  let dataEnd = start;
  let eventStart = start;
  let eventEnd = start;
  let dataLines = 0;
  let isPlain = true;
  let parts: Uint8Array[] | undefined;
  for (let index = 0; index < lines.length; index += 2) {
    const lineStart = base + (lines[index] ?? 0);
    const lineEnd = base + (lines[index + 1] ?? 0);
    const nameEnd = fieldEnd(source, lineStart, lineEnd);
    const valueStart =
      nameEnd < lineEnd ? nameEnd + (source[nameEnd + 1] === space && nameEnd + 1 < lineEnd ? 2 : 1) : lineEnd;
    if (nameEnd - lineStart === 4 && startsWithAscii(source, lineStart, 'data')) {
      dataLines++;
      if (dataLines > 1) {
        isPlain = false;
        parts ??= [source.subarray(dataStart, dataEnd)];
        parts.push(newLine, source.subarray(valueStart, lineEnd));
      }
      dataStart = valueStart;
      dataEnd = lineEnd;
    } else if (nameEnd - lineStart === 5 && startsWithAscii(source, lineStart, 'event')) {
      isPlain &&= eventStart === eventEnd;
      eventStart = valueStart;
      eventEnd = lineEnd;
    } else {
      isPlain = false;
    }
  }
  const dataSource = parts === undefined ? source : concatBytes(parts);
  if (parts !== undefined) {
    dataStart = 0;
    dataEnd = dataSource.length;
  }
  // Some providers keep a connection alive with a comment inside of a data line: `data: : keepalive`.
  if (dataStart < dataEnd && dataSource[dataStart] === colon) {
    dataEnd = dataStart;
  }
  return { source, start, end, dataSource, dataStart, dataEnd, eventStart, eventEnd, isPlain };
}

const newLine = new Uint8Array([lineFeed]);

/** Offset of the colon behind a field's name, or the end of the line. A line that begins with a colon is a comment. */
function fieldEnd(source: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && source[at] !== colon) {
    at++;
  }
  return at;
}
