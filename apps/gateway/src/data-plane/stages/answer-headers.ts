import { formatUsd, type NanoUsd } from '@turnpike/core/money';
import { renderId, type RequestId } from '@turnpike/core/ids';
import type { RateLimitState } from '@turnpike/core/limits/rate-limit';

/** What the headers of an answer tell about how it came about. */
export interface ServedBy {
  readonly model: string;
  readonly providerId: string;
  readonly attempts: number;
  readonly fallbackFrom: { readonly providerId: string; readonly reason: string } | undefined;
  readonly droppedParams: readonly string[];
  readonly overheadMs: number;
  readonly upstreamMs: number;
}

/** Headers that every answer carries, good or bad: its ids and how the caller's limits stand. */
export function commonHeaders(requestId: RequestId, limits: readonly RateLimitState[]): Record<string, string> {
  const request = renderId('request', requestId);
  const headers: Record<string, string> = {
    'x-request-id': request,
    // The name under which Anthropic's SDKs look for it.
    'request-id': request,
    'x-generation-id': renderId('generation', requestId),
  };
  for (const kind of ['requests', 'tokens'] as const) {
    const tightest = tightestOf(limits, kind);
    if (tightest !== undefined) {
      headers[`x-ratelimit-limit-${kind}`] = String(tightest.limit);
      headers[`x-ratelimit-remaining-${kind}`] = String(Math.max(0, tightest.remaining));
      headers[`x-ratelimit-reset-${kind}`] = `${(tightest.resetMs / 1_000).toFixed(3)}s`;
    }
  }
  return headers;
}

/** Headers of an answer that a provider gave. Values that callers or vendors chose are made safe for a header. */
export function servedHeaders(served: ServedBy): Record<string, string> {
  const headers: Record<string, string> = {
    'x-gateway-model': headerSafe(served.model),
    'x-gateway-provider': served.providerId,
    'x-gateway-attempts': String(served.attempts),
    'server-timing': `overhead;dur=${served.overheadMs.toFixed(1)}, upstream;dur=${served.upstreamMs.toFixed(1)}`,
  };
  if (served.fallbackFrom !== undefined) {
    headers['x-gateway-fallback-from'] = served.fallbackFrom.providerId;
    headers['x-gateway-fallback-reason'] = served.fallbackFrom.reason;
  }
  if (served.droppedParams.length > 0) {
    headers['x-gateway-params-dropped'] = served.droppedParams.map(headerSafe).join(', ');
  }
  return headers;
}

/** The header with an answer's cost in dollars, where it is known before the first byte. */
export function costHeader(chargeNanoUsd: NanoUsd): Record<string, string> {
  return { 'x-gateway-cost': formatUsd(chargeNanoUsd) };
}

/** Percent-encodes what a header may not hold: line breaks would be a second header, other alphabets an error. */
export function headerSafe(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]|%/g, (character) => encodeURIComponent(character.toWellFormed())).slice(0, 300);
}

function tightestOf(limits: readonly RateLimitState[], kind: RateLimitState['kind']): RateLimitState | undefined {
  let tightest: RateLimitState | undefined;
  for (const limit of limits) {
    if (limit.kind === kind && (tightest === undefined || limit.remaining < tightest.remaining)) {
      tightest = limit;
    }
  }
  return tightest;
}

/** Headers of every stream: no proxy may hold it back or change it. */
export const streamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};
