import { hash } from 'node:crypto';

import type { Principal } from '@turnpike/core/access/principal';
import { GatewayError } from '@turnpike/core/errors';
import { LRUCache } from 'lru-cache';

import type { Clock, KeyStore } from './ports.ts';

export interface KeyStoreOptions {
  /** The keyed digest that the database knows a key by. */
  readonly digest: (key: string) => Buffer;
  readonly find: (digest: Buffer) => Promise<Principal | undefined>;
  readonly clock: Clock;
  /** 0 to 1, to spread expiries. */
  readonly random: () => number;
}

/** A key store that can be told that a key has changed. */
export interface RevocableKeyStore extends KeyStore {
  /** Forgets a key by its digest in hexadecimal, so that its next use is looked up again. */
  forget(digestHex: string): void;
  /** Forgets everything, for when messages may have been missed. */
  forgetAll(): void;
}

interface Entry {
  readonly principal: Principal | undefined;
  readonly digestHex: string;
  readonly freshUntilMs: number;
  /** While the database cannot be asked, a key that was good serves until then. */
  readonly staleUntilMs: number;
}

/** The worst case of a revocation whose message was lost. */
const freshMs = 10_000;
/** A key that was just created must be usable soon, although somebody tried it before. */
const unknownFreshMs = 5_000;
const staleMs = 15 * 60_000;
const maxEntries = 100_000;
/** A herd of unknown keys may not take every database connection. */
const maxLookups = 8;
const maxWaitingLookups = 2_000;

/**
 * Finds principals in memory, else in the database: one look-up per key however many calls wait for it, a bounded
 * number of look-ups at once, unknown keys remembered too. When the database is away, known keys go on working and
 * unknown ones get a 503, never a 401.
 */
export function createKeyStore({ digest, find, clock, random }: KeyStoreOptions): RevocableKeyStore {
  const entries = new LRUCache<string, Entry>({ max: maxEntries });
  const cacheKeys = new Map<string, string>();
  const running = new Map<string, Promise<Principal | undefined>>();
  const waiting: (() => void)[] = [];
  let lookups = 0;
  /** Grows whenever something is forgotten: what was asked before may be an answer from before. */
  let generation = 0;

  async function lookUp(key: string, cacheKey: string): Promise<Principal | undefined> {
    await takeSlot();
    try {
      const digested = digest(key);
      const askedIn = generation;
      const principal = await find(digested);
      if (askedIn === generation) {
        remember(cacheKey, digested.toString('hex'), principal);
      }
      return principal;
    } catch (error) {
      const known = entries.get(cacheKey);
      if (known?.principal !== undefined && known.staleUntilMs > clock.nowMs()) {
        return known.principal;
      }
      throw new GatewayError('service_unavailable', 'API keys cannot be checked right now. Please retry shortly.', {
        cause: error,
        retryAfterSeconds: 2,
      });
    } finally {
      lookups -= 1;
      waiting.shift()?.();
    }
  }

  async function takeSlot(): Promise<void> {
    if (lookups >= maxLookups) {
      if (waiting.length >= maxWaitingLookups) {
        throw new GatewayError('service_unavailable', 'Too many new API keys at once. Please retry shortly.', {
          retryAfterSeconds: 1,
        });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    lookups += 1;
  }

  function remember(cacheKey: string, digestHex: string, principal: Principal | undefined): void {
    const now = clock.nowMs();
    const span = principal === undefined ? unknownFreshMs : freshMs * (0.8 + 0.2 * random());
    entries.set(cacheKey, { principal, digestHex, freshUntilMs: now + span, staleUntilMs: now + staleMs });
    cacheKeys.set(digestHex, cacheKey);
    if (cacheKeys.size > 2 * maxEntries) {
      cacheKeys.clear();
      entries.clear();
    }
  }

  return {
    resolve(key) {
      const cacheKey = hash('sha256', key, 'base64');
      const entry = entries.get(cacheKey);
      if (entry !== undefined && entry.freshUntilMs > clock.nowMs()) {
        return entry.principal;
      }
      const known = running.get(cacheKey);
      if (known !== undefined) {
        return known;
      }
      const lookup = lookUp(key, cacheKey).finally(() => {
        if (running.get(cacheKey) === lookup) {
          running.delete(cacheKey);
        }
      });
      running.set(cacheKey, lookup);
      return lookup;
    },
    forget(digestHex) {
      generation += 1;
      // Calls that begin now may not join a look-up that began before.
      running.clear();
      const cacheKey = cacheKeys.get(digestHex);
      if (cacheKey !== undefined) {
        entries.delete(cacheKey);
        cacheKeys.delete(digestHex);
      }
    },
    forgetAll() {
      generation += 1;
      running.clear();
      entries.clear();
      cacheKeys.clear();
    },
  };
}
