import type { CacheMark } from '@turnpike/core/inference/request';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';

/** A `cache_control` as clients of either protocol write it; anything else is no mark. */
export function readCacheMark(value: unknown): CacheMark | undefined {
  return isJsonObject(value) && value['type'] === 'ephemeral'
    ? { ttl: value['ttl'] === '1h' ? '1h' : '5m' }
    : undefined;
}

/** The mark as a member to spread into a block; nothing where there is none. Five minutes are the default, unsaid. */
export function renderCacheMark(mark: CacheMark | undefined): JsonObject {
  if (mark === undefined) {
    return {};
  }
  return { cache_control: mark.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } };
}

/** The mark as a member of a canonical block; nothing where there is none. */
export function cacheMember(value: unknown): { readonly cache?: CacheMark } {
  const cache = readCacheMark(value);
  return cache === undefined ? {} : { cache };
}
