import type { Brand } from './brand.ts';

/** Kinds of things with an id, and the prefix each shows at the border. */
const prefixes = {
  organization: 'org',
  project: 'proj',
  user: 'user',
  member: 'mem',
  apiKey: 'key',
  session: 'sess',
  request: 'req',
  generation: 'gen',
  instance: 'inst',
  usageBatch: 'batch',
  price: 'price',
  priceBook: 'book',
  policy: 'pol',
  budget: 'bud',
  rateLimit: 'rl',
  ledgerAccount: 'lacc',
  ledgerTransaction: 'ltx',
  ledgerEntry: 'lent',
  auditEntry: 'aud',
  outboxEvent: 'evt',
} as const;

export type IdKind = keyof typeof prefixes;

/** A lower-case UUIDv7. Inside, ids are UUIDs; at the border they are `org_` and 26 characters of Crockford base32. */
export type Id<Kind extends IdKind> = Brand<string, Kind>;

export type OrganizationId = Id<'organization'>;
export type ProjectId = Id<'project'>;
export type UserId = Id<'user'>;
export type MemberId = Id<'member'>;
export type ApiKeyId = Id<'apiKey'>;
export type SessionId = Id<'session'>;
export type RequestId = Id<'request'>;
export type InstanceId = Id<'instance'>;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const borderPattern = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const hexByByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Makes a UUIDv7 (RFC 9562 §5.7) of a time and ten random bytes. Pure: the caller brings clock and randomness.
 * Throws RangeError when the time is not in 48 bits or fewer than ten bytes are given.
 */
export function mintId<Kind extends IdKind>(nowMs: number, random: Uint8Array): Id<Kind> {
  if (!Number.isInteger(nowMs) || nowMs < 0 || nowMs >= 2 ** 48) {
    throw new RangeError('The time of an id is a whole number of milliseconds in 48 bits.');
  }
  if (random.length < 10) {
    throw new RangeError('An id needs ten random bytes.');
  }
  const time = nowMs.toString(16).padStart(12, '0');
  const byte = (index: number, mask = 0xff, mark = 0): string =>
    hexByByte[((random[index] ?? 0) & mask) | mark] ?? '00';
  const versioned = `${byte(0, 0x0f, 0x70)}${byte(1)}`;
  const variant = `${byte(2, 0x3f, 0x80)}${byte(3)}`;
  const tail = `${byte(4)}${byte(5)}${byte(6)}${byte(7)}${byte(8)}${byte(9)}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-${versioned}-${variant}-${tail}` as Id<Kind>;
}

/** Believes that a UUID read from our own storage is an id of this kind. Throws RangeError when it is not a UUID. */
export function asId<Kind extends IdKind>(uuid: string): Id<Kind> {
  if (!uuidPattern.test(uuid)) {
    throw new RangeError('An id is a lower-case UUID.');
  }
  return uuid as Id<Kind>;
}

/** The time in an id, in milliseconds since 1970. The month of a usage attempt is derived from it, never from a clock. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Writes an id as callers see it: `org_01jd…`. By hand and not with BigInt: every call writes several. */
export function renderId(kind: IdKind, id: string): string {
  let text = `${prefixes[kind]}_`;
  // 128 bits fill 26 characters of five bits but for two, which lead and are zero.
  let [bits, value] = [2, 0];
  for (let index = 0; index < id.length; index += 1) {
    const digit = hexDigitAt(id, index);
    if (digit === undefined) {
      continue;
    }
    value = (value << 4) | digit;
    bits += 4;
    if (bits >= 5) {
      bits -= 5;
      text += alphabet[value >> bits] ?? '';
      value &= (1 << bits) - 1;
    }
  }
  return text;
}

/** Undefined for what is no digit: the hyphens of a UUID. */
function hexDigitAt(id: string, index: number): number | undefined {
  const code = id.charCodeAt(index);
  return code === 0x2d ? undefined : code < 0x3a ? code - 0x30 : code - 0x57;
}

/** Reads an id as callers write it; undefined when the prefix or the characters are wrong. */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> | undefined {
  const prefix = `${prefixes[kind]}_`;
  const digits = text.slice(prefix.length);
  if (!text.startsWith(prefix) || !borderPattern.test(digits)) {
    return undefined;
  }
  let value = 0n;
  for (const digit of digits) {
    value = (value << 5n) | BigInt(alphabet.indexOf(digit));
  }
  const hex = value.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Id<Kind>;
}
