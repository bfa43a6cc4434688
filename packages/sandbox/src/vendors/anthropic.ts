import { headerOf } from '../answer.ts';
import type { Call } from '../answer.ts';
import { idFrom } from '../digest.ts';
import type { Digest } from '../digest.ts';
import { Refusal } from '../refusal.ts';
import type { RefusalKind } from '../refusal.ts';
import { bearerKey, isBadKey } from '../vendor.ts';
import type { Vendor } from '../vendor.ts';

interface Wording {
  readonly status: number;
  readonly type: string;
  readonly message: (model: string) => string;
}

/** Status, type and usual sentence of each kind, as Anthropic answers it; clients and gateways match on these. */
const wordings: Readonly<Record<RefusalKind, Wording>> = {
  invalid_request: { status: 400, type: 'invalid_request_error', message: () => 'The request is invalid.' },
  authentication: { status: 401, type: 'authentication_error', message: () => 'invalid x-api-key' },
  billing: {
    status: 402,
    type: 'billing_error',
    message: () => 'There is an issue with your billing or payment information.',
  },
  permission: {
    status: 403,
    type: 'permission_error',
    message: () => 'Your API key does not have permission to use the specified resource.',
  },
  not_found: { status: 404, type: 'not_found_error', message: (model) => `model: ${model}` },
  timeout: { status: 504, type: 'timeout_error', message: () => 'Request timed out.' },
  too_large: { status: 413, type: 'request_too_large', message: () => 'Request exceeds the maximum size' },
  rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    message: () => 'This request would exceed the rate limit for your organization.',
  },
  quota: {
    status: 400,
    type: 'invalid_request_error',
    message: () => 'Your credit balance is too low to access the Anthropic API.',
  },
  content_policy: {
    status: 400,
    type: 'invalid_request_error',
    message: () => 'Output blocked by content filtering policy',
  },
  context_length: { status: 400, type: 'invalid_request_error', message: () => 'prompt is too long' },
  server: { status: 500, type: 'api_error', message: () => 'Internal server error' },
  unavailable: { status: 503, type: 'api_error', message: () => 'Service unavailable' },
  overloaded: { status: 529, type: 'overloaded_error', message: () => 'Overloaded' },
};

function admit(call: Call): string {
  const key = headerOf(call, 'x-api-key') || bearerKey(headerOf(call, 'authorization'));
  if (key === '') throw new Refusal('authentication', 'x-api-key header is required');
  if (isBadKey(key)) throw new Refusal('authentication');
  if (headerOf(call, 'anthropic-version') === '') {
    throw new Refusal('invalid_request', 'anthropic-version: header is required');
  }
  return key;
}

function rateLimitHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  const reset = `${new Date(Date.now() + 1_000).toISOString().slice(0, 19)}Z`;
  for (const [what, limit] of limits) {
    headers[`anthropic-ratelimit-${what}-limit`] = limit;
    headers[`anthropic-ratelimit-${what}-remaining`] = limit;
    headers[`anthropic-ratelimit-${what}-reset`] = reset;
  }
  return headers;
}

const limits = [
  ['requests', '4000'],
  ['input-tokens', '400000'],
  ['output-tokens', '80000'],
  ['tokens', '480000'],
] as const;

function requestName(requestId: Digest): string {
  return `req_011C${idFrom(requestId, 'request', 20)}`;
}

function errorObject(refusal: Refusal, requestId: Digest, model: string): object {
  const wording = wordings[refusal.kind];
  const message = refusal.message === '' ? wording.message(model) : refusal.message;
  return { type: 'error', error: { type: wording.type, message }, request_id: requestName(requestId) };
}

/** Anthropic as a host: `x-api-key` with `anthropic-version`, `{type: 'error', error, request_id}`, its own limit headers. */
export const anthropic: Vendor = {
  name: 'anthropic',
  admit,
  answerHeaders(requestId) {
    return {
      'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
      ...rateLimitHeaders(),
      'request-id': requestName(requestId),
    };
  },
  renderRefusal(refusal, requestId, model) {
    const wait = refusal.facts.retryAfterSeconds;
    const status = refusal.facts.status ?? wordings[refusal.kind].status;
    return {
      status,
      headers: {
        'content-type': 'application/json',
        'request-id': requestName(requestId),
        'x-should-retry': status === 408 || status === 409 || status === 429 || status >= 500 ? 'true' : 'false',
        ...(refusal.kind === 'rate_limited'
          ? { ...rateLimitHeaders(), 'anthropic-ratelimit-requests-remaining': '0' }
          : {}),
        ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
      },
      body: JSON.stringify(errorObject(refusal, requestId, model)),
    };
  },
  renderStreamError(refusal, requestId) {
    return `event: error\ndata: ${JSON.stringify(errorObject(refusal, requestId, ''))}\n\n`;
  },
};
