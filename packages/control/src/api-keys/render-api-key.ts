import type { ApiKeyKind } from '@turnpike/core/access/api-key';
import type { ApiKeyView, RateLimitView } from '@turnpike/contracts/api-keys';
import { renderId } from '@turnpike/core/ids';
import type { ApiKeyRecord, KeyRateLimit } from '@turnpike/db/api-keys';

/** An API key as callers see it. `nowMs` decides whether it has expired: nothing has to happen for that. */
export function renderApiKey(key: ApiKeyRecord, nowMs: number): ApiKeyView {
  return {
    id: renderId('apiKey', key.id),
    projectId: renderId('project', key.projectId),
    name: key.name,
    kind: kindOf(key),
    prefix: key.prefix,
    last4: key.last4,
    status:
      key.status === 'active' && key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs ? 'expired' : key.status,
    rateLimits: key.rateLimits.map(renderRateLimit),
    allowedModels: key.allowedModels === undefined ? null : [...key.allowedModels],
    allowedIps: key.allowedIps === undefined ? null : [...key.allowedIps],
    expiresAt: renderMoment(key.expiresAtMs),
    lastUsedAt: renderMoment(key.lastUsedAtMs),
    createdAt: new Date(key.createdAtMs).toISOString(),
    createdByUserId: key.createdByUserId === undefined ? null : renderId('user', key.createdByUserId),
  };
}

/** The one word that callers know for a key's kind and mode. */
export function kindOf({ kind, mode }: Pick<ApiKeyRecord, 'kind' | 'mode'>): ApiKeyKind {
  return kind === 'management' ? 'management' : mode;
}

/** A rate limit from the wire, where windows are in seconds and concurrency has none. */
export function parseRateLimit(limit: RateLimitView): KeyRateLimit {
  return limit.kind === 'concurrency'
    ? { kind: limit.kind, limit: limit.limit, windowMs: 0 }
    : { kind: limit.kind, limit: limit.limit, windowMs: limit.windowSeconds * 1_000 };
}

function renderRateLimit({ kind, limit, windowMs }: KeyRateLimit): RateLimitView {
  return kind === 'concurrency' ? { kind, limit } : { kind, limit, windowSeconds: windowMs / 1_000 };
}

function renderMoment(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
