/** Which door a key opens: inference with money, inference with the sandbox alone, or the management API. */
export type ApiKeyKind = 'live' | 'test' | 'management';

const prefixes: Readonly<Record<ApiKeyKind, string>> = { live: 'sk-tp-live', test: 'sk-tp-test', management: 'mk-tp' };

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const tagLength = 12;
/** 32 characters of base62 are 190 bits: guessing is hopeless, so an HMAC is enough at rest. */
const secretLength = 32;
const crcLength = 6;
/** Bytes from here on would favour the first characters of the alphabet; they are skipped. */
const unbiasedBytes = 248;

/** Random bytes that `makeApiKey` wants; about 3 % of them are skipped, and this many are enough with overwhelming odds. */
export const apiKeyRandomBytes = 96;

export interface MadeApiKey {
  /** The whole key: shown once, then only its digest exists. */
  readonly secret: string;
  /** What lists show: kind and tag. */
  readonly prefix: string;
  readonly last4: string;
}

export interface ParsedApiKey {
  readonly kind: ApiKeyKind;
  readonly prefix: string;
}

/**
 * Makes a key `<kind>-<tag>_<secret>_<crc>` of random bytes. The checksum lets scanners and typing errors be told
 * from real keys without a look-up. Throws RangeError when too few bytes are usable.
 */
export function makeApiKey(kind: ApiKeyKind, random: Uint8Array): MadeApiKey {
  const characters = [...random].filter((byte) => byte < unbiasedBytes).map((byte) => base62.charAt(byte % 62));
  if (characters.length < tagLength + secretLength) {
    throw new RangeError(`An API key needs ${tagLength + secretLength} usable random bytes.`);
  }
  const tag = characters.slice(0, tagLength).join('');
  const secret = characters.slice(tagLength, tagLength + secretLength).join('');
  const prefix = `${prefixes[kind]}-${tag}`;
  const body = `${prefix}_${secret}`;
  const key = `${body}_${checksum(body)}`;
  return { secret: key, prefix, last4: key.slice(-4) };
}

/** Reads a key's kind and prefix offline; undefined when its form or checksum is wrong, so that no look-up is spent on it. */
export function parseApiKey(key: string): ParsedApiKey | undefined {
  const match = /^(sk-tp-live|sk-tp-test|mk-tp)-([0-9A-Za-z]{12})_([0-9A-Za-z]{32})_([0-9A-Za-z]{6})$/.exec(key);
  if (match === null) {
    return undefined;
  }
  const body = key.slice(0, -(crcLength + 1));
  if (checksum(body) !== match[4]) {
    return undefined;
  }
  const kind: ApiKeyKind = match[1] === 'mk-tp' ? 'management' : match[1] === 'sk-tp-test' ? 'test' : 'live';
  return { kind, prefix: body.slice(0, -(secretLength + 1)) };
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  }
  return value;
});

/** CRC-32 (ISO 3309) in six base62 characters. */
function checksum(text: string): string {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    crc = (crcTable[(crc ^ text.charCodeAt(index)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  let value = (crc ^ 0xffffffff) >>> 0;
  let digits = '';
  for (let index = 0; index < crcLength; index += 1) {
    digits = base62.charAt(value % 62) + digits;
    value = Math.floor(value / 62);
  }
  return digits;
}
