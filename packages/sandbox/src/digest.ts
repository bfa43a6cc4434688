import { hash } from 'node:crypto';

/** A SHA-256 in hexadecimal: the one source of everything that looks random in an answer. */
export type Digest = string;

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Digest of the parts in their order. A separator keeps ('ab', 'c') apart from ('a', 'bc'). */
export function digestOf(...parts: readonly (string | number)[]): Digest {
  return hash('sha256', parts.join('\u0000'), 'hex');
}

/** Digest of raw bytes, for request bodies. */
export function digestOfBytes(bytes: Uint8Array): Digest {
  return hash('sha256', bytes, 'hex');
}

/** The first 32 bits of a digest as an unsigned integer. */
export function numberFrom(digest: Digest): number {
  return Number.parseInt(digest.slice(0, 8), 16);
}

/** An identifier in a vendor's style: `length` letters and digits which follow from the digest and the label. */
export function idFrom(digest: Digest, label: string, length: number): string {
  let id = '';
  let source = '';
  for (let block = 0; id.length < length; block += 1) {
    source = hash('sha256', `${digest}/${label}/${block}`, 'hex');
    for (let at = 0; at + 4 <= source.length && id.length < length; at += 4) {
      id += base62.charAt(Number.parseInt(source.slice(at, at + 4), 16) % base62.length);
    }
  }
  return id;
}

/** Mixes two 32-bit numbers into a third: cheap enough to call for every word of a long text. */
export function mix(seed: number, index: number): number {
  let value = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
