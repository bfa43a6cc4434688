import { createHmac, hash, randomBytes as systemRandomBytes, randomFillSync, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/secret.ts';

/** Gives so many unpredictable bytes. Pure code takes one as an argument; the system's source is `randomBytes`. */
export type RandomBytes = (size: number) => Uint8Array;

/** Bytes of the system's generator, for ids, secrets and keys alike. */
export const randomBytes: RandomBytes = (size) => systemRandomBytes(size);

const pool = new Uint8Array(4_096);
let poolUsed = pool.length;

/**
 * Ten bytes of the system's generator for an id, cut from a pool: asking the system for ten bytes costs as much as for
 * four thousand. Never for secrets, which must not lie in memory before they are used. The bytes are the
 * caller's until many more ids have been made: an id is minted of them at once.
 */
export function randomIdBytes(): Uint8Array {
  if (poolUsed + idBytes > pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += idBytes;
  return pool.subarray(poolUsed - idBytes, poolUsed);
}

const idBytes = 10;

/**
 * What is stored of an API key: HMAC-SHA-256 of the whole key under the pepper (32 bytes). The key has more than 128
 * random bits, so a fast digest is enough, and a copy of the database alone cannot verify guesses.
 */
export function digestApiKey(pepper: Secret, key: string): Buffer {
  return createHmac('sha256', pepper.reveal()).update(key, 'utf8').digest();
}

/** What is stored of a session's token: HMAC-SHA-256 (32 bytes), never equal to the digest of an API key. */
export function digestSession(pepper: Secret, token: string): Buffer {
  return createHmac('sha256', pepper.reveal()).update('session:', 'utf8').update(token, 'utf8').digest();
}

/** Whether two digests are equal, in a time that does not depend on where they differ. */
export function equalsInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/** SHA-256 as lower-case hexadecimal: for content addresses, never for secrets. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}
