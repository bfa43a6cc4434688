import type { Json } from '@turnpike/core/json';

const encoder = new TextEncoder();
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

const noBytes = new Uint8Array(0);

/** UTF-8 of a text. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** UTF-8 of a value as JSON. */
export function encodeJson(value: Json): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Text of UTF-8 bytes; what is not UTF-8 becomes U+FFFD, because a provider's odd byte must not end a call. */
export function decodeText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return lenientDecoder.decode(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
}

/** How many bytes a text takes in UTF-8. A lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) {
      length += unit >= 0x800 ? 2 : 1;
      // The two halves of a pair are two units and four bytes: the first adds two, the second none.
      if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(index + 1))) {
        index++;
      }
    }
  }
  return length;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Puts byte arrays one behind the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) {
    length += part.length;
  }
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** True when the bytes from `start` on are the ASCII text. */
export function startsWithAscii(bytes: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

/** True when a range holds exactly these bytes. */
export function isSameRange(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) {
    return false;
  }
  for (let index = 0; index < other.length; index++) {
    if (bytes[start + index] !== other[index]) {
      return false;
    }
  }
  return true;
}

/** Output of this size and less is cut from a slab: allocating a small array costs more than filling it. */
const maxSlabbedBytes = 1_024;
const slabBytes = 8_192;

/**
 * Collects ranges of bytes and copies them once, when they are taken. Ranges that touch become one, so that a chunk
 * which needs no edit is passed on without any copy. One is made per stream.
 */
export class ByteJoiner {
  private readonly sources: Uint8Array[] = [];
  /** Start and end of each source's range. */
  private readonly bounds: number[] = [];
  private length = 0;
  private slab = noBytes;
  private slabUsed = 0;

  /** Appends a range of a larger array, which must not change before `take`. */
  addRange(source: Uint8Array, start: number, end: number): void {
    if (start >= end) {
      return;
    }
    const { sources, bounds } = this;
    this.length += end - start;
    if (sources.at(-1) === source && bounds.at(-1) === start) {
      bounds[bounds.length - 1] = end;
      return;
    }
    sources.push(source);
    bounds.push(start, end);
  }

  add(bytes: Uint8Array): void {
    this.addRange(bytes, 0, bytes.length);
  }

  /** Everything that was added since the last take; undefined when that is nothing. */
  take(): Uint8Array | undefined {
    const { sources, bounds } = this;
    const [first] = sources;
    if (first === undefined) {
      return undefined;
    }
    const taken = sources.length === 1 ? first.subarray(bounds[0], bounds[1]) : this.join();
    sources.length = 0;
    bounds.length = 0;
    this.length = 0;
    return taken;
  }

  private join(): Uint8Array {
    const joined = this.allocate(this.length);
    let offset = 0;
    for (const [index, source] of this.sources.entries()) {
      const start = this.bounds[index * 2] ?? 0;
      const end = this.bounds[index * 2 + 1] ?? 0;
      joined.set(source.subarray(start, end), offset);
      offset += end - start;
    }
    return joined;
  }

  /** Bytes that nobody else has or will get: a slab is only ever used forwards. */
  private allocate(size: number): Uint8Array {
    if (size > maxSlabbedBytes) {
      return new Uint8Array(size);
    }
    if (this.slabUsed + size > this.slab.length) {
      this.slab = new Uint8Array(slabBytes);
      this.slabUsed = 0;
    }
    this.slabUsed += size;
    return this.slab.subarray(this.slabUsed - size, this.slabUsed);
  }
}

/** A buffer that grows by doubling, so that bytes which come one by one are not copied quadratically. */
export class GrowingBytes {
  private buffer = noBytes;
  private used = 0;

  get length(): number {
    return this.used;
  }

  append(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const needed = this.used + end - start;
    if (needed > this.buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2, 512));
      grown.set(this.buffer.subarray(0, this.used));
      this.buffer = grown;
    }
    this.buffer.set(bytes.subarray(start, end), this.used);
    this.used = needed;
  }

  /** Gives the bytes away and starts anew. */
  take(): Uint8Array {
    const taken = this.buffer.subarray(0, this.used);
    this.buffer = noBytes;
    this.used = 0;
    return taken;
  }
}
