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

/** True when the ASCII text occurs between two offsets. */
export function includesAscii(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  const first = text.charCodeAt(0);
  const last = end - text.length;
  for (
    let offset = bytes.indexOf(first, start);
    offset !== -1 && offset <= last;
    offset = bytes.indexOf(first, offset + 1)
  ) {
    if (startsWithAscii(bytes, offset, text)) {
      return true;
    }
  }
  return false;
}

/**
 * Collects ranges of bytes and copies them once, when they are taken. Ranges that touch become one, so that a chunk
 * which needs no edit is passed on without any copy.
 */
export class ByteJoiner {
  private readonly parts: Uint8Array[] = [];
  private source: Uint8Array | undefined;
  private start = 0;
  private end = 0;

  /** Appends a range of a larger array, which must not change before `take`. */
  addRange(source: Uint8Array, start: number, end: number): void {
    if (start >= end) {
      return;
    }
    if (this.source === source && this.end === start) {
      this.end = end;
      return;
    }
    this.closeRange();
    this.source = source;
    this.start = start;
    this.end = end;
  }

  add(bytes: Uint8Array): void {
    this.addRange(bytes, 0, bytes.length);
  }

  /** Everything that was added since the last take; undefined when that is nothing. */
  take(): Uint8Array | undefined {
    this.closeRange();
    if (this.parts.length === 0) {
      return undefined;
    }
    const [only] = this.parts;
    const taken = this.parts.length === 1 ? (only ?? noBytes) : concatBytes(this.parts);
    this.parts.length = 0;
    return taken;
  }

  private closeRange(): void {
    if (this.source !== undefined) {
      this.parts.push(this.source.subarray(this.start, this.end));
      this.source = undefined;
    }
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
