import type { MessageHead } from './message-head.ts';

const lineEnd = Buffer.from('\r\n');

/** Reads the body of one message from the bytes of a connection: counted, chunked, or up to the end of the connection. */
export class BodyReader {
  readonly #isChunked: boolean;
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done';
  /** Bytes of the body, or of the current chunk, that are still to come. */
  #left: number;
  #carry: Buffer = Buffer.alloc(0);

  constructor(head: MessageHead) {
    this.#isChunked = head.isChunked;
    this.#left = head.contentLength ?? (head.isChunked ? 0 : Number.MAX_SAFE_INTEGER);
    this.#state = head.isChunked ? 'size' : this.#left === 0 ? 'done' : 'data';
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Hands the content in `bytes` to `take` and returns what belongs to the next message. */
  feed(bytes: Buffer, take: (content: Buffer) => void): Buffer {
    let rest = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
    this.#carry = Buffer.alloc(0);
    while (rest.length > 0 && this.#state !== 'done') {
      if (this.#state === 'data') rest = this.#takeData(rest, take);
      else {
        const end = rest.indexOf(lineEnd);
        if (end < 0) {
          this.#carry = rest;
          return Buffer.alloc(0);
        }
        this.#takeLine(rest.toString('latin1', 0, end));
        rest = rest.subarray(end + lineEnd.length);
      }
    }
    return rest;
  }

  #takeData(bytes: Buffer, take: (content: Buffer) => void): Buffer {
    const content = bytes.length <= this.#left ? bytes : bytes.subarray(0, this.#left);
    this.#left -= content.length;
    if (this.#left === 0) this.#state = this.#isChunked ? 'data-end' : 'done';
    take(content);
    return bytes.subarray(content.length);
  }

  /** A line of the chunked coding: a size, the end of a chunk, or a trailer. */
  #takeLine(line: string): void {
    if (this.#state === 'data-end') this.#state = 'size';
    else if (this.#state === 'trailer') this.#state = line === '' ? 'done' : 'trailer';
    else {
      this.#left = Number.parseInt(line, 16);
      this.#state = this.#left === 0 ? 'trailer' : 'data';
    }
  }
}
