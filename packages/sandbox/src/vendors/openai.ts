import { headerOf } from '../answer.ts';
import type { Call } from '../answer.ts';
import { idFrom, numberFrom } from '../digest.ts';
import type { Digest } from '../digest.ts';
import { Refusal } from '../refusal.ts';
import type { RefusalKind } from '../refusal.ts';
import { bearerKey, isBadKey } from '../vendor.ts';
import type { Vendor } from '../vendor.ts';

interface Wording {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: (model: string) => string;
}

/** Status, type, code and usual sentence of each kind, as OpenAI answers it; clients and gateways match on these. */
const wordings: Readonly<Record<RefusalKind, Wording>> = {
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    code: null,
    message: () =>
      'The request is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.',
  },
  authentication: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: () =>
      'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
  },
  billing: {
    status: 402,
    type: 'billing_error',
    code: 'billing_not_active',
    message: () => 'Your account is not active, please check your billing details on our website.',
  },
  permission: {
    status: 403,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: (model) => `Project does not have access to model \`${model}\``,
  },
  not_found: {
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: (model) => `The model \`${model}\` does not exist or you do not have access to it.`,
  },
  timeout: { status: 504, type: 'server_error', code: null, message: () => 'Request timed out.' },
  too_large: {
    status: 413,
    type: 'invalid_request_error',
    code: 'request_too_large',
    message: () => 'Request body is too large.',
  },
  rate_limited: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: (model) =>
      `Rate limit reached for ${model} in organization org-sandbox on requests per min (RPM): Limit 500, Used 500, Requested 1.`,
  },
  quota: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: () => 'You exceeded your current quota, please check your plan and billing details.',
  },
  content_policy: {
    status: 400,
    type: 'invalid_request_error',
    code: 'content_policy_violation',
    message: () => 'Your request was rejected as a result of our safety system.',
  },
  context_length: {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message: () => "This model's maximum context length was exceeded. Please reduce the length of the messages.",
  },
  server: {
    status: 500,
    type: 'server_error',
    code: null,
    message: () => 'The server had an error while processing your request. Sorry about that!',
  },
  unavailable: {
    status: 503,
    type: 'server_error',
    code: null,
    message: () => 'The engine is currently overloaded, please try again later.',
  },
  overloaded: {
    status: 503,
    type: 'server_error',
    code: null,
    message: () => 'The engine is currently overloaded, please try again later.',
  },
};

function admit(call: Call): string {
  const key = bearerKey(headerOf(call, 'authorization'));
  if (key === '') {
    throw new Refusal(
      'authentication',
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
      { code: null },
    );
  }
  if (isBadKey(key)) {
    const shown = key.length > 12 ? `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}` : '****';
    throw new Refusal(
      'authentication',
      `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    );
  }
  return key;
}

function answerHeaders(requestId: Digest, model: string): Record<string, string> {
  const number = numberFrom(requestId);
  return {
    'openai-model': model.replaceAll(/[^\x21-\x7e]/g, '?'),
    'openai-organization': 'org-sandbox',
    'openai-processing-ms': String(20 + (number % 400)),
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-limit-tokens': '200000',
    'x-ratelimit-remaining-requests': '499',
    'x-ratelimit-remaining-tokens': String(190_000 + (number % 9_000)),
    'x-ratelimit-reset-requests': '120ms',
    'x-ratelimit-reset-tokens': '16ms',
    'x-request-id': `req_${requestId.slice(0, 32)}`,
  };
}

function errorObject(refusal: Refusal, model: string): object {
  const wording = wordings[refusal.kind];
  const wait = refusal.facts.retryAfterSeconds;
  const hint = refusal.kind === 'rate_limited' && wait !== undefined ? ` Please try again in ${wait}s.` : '';
  return {
    error: {
      message: `${refusal.message === '' ? wording.message(model) : refusal.message}${hint}`,
      type: wording.type,
      param: refusal.facts.param ?? null,
      code: refusal.facts.code === undefined ? wording.code : refusal.facts.code,
    },
  };
}

/** OpenAI as a host: bearer keys, `{error: {message, type, param, code}}`, the six rate limit headers. */
export const openai: Vendor = {
  name: 'openai',
  admit,
  answerHeaders,
  renderRefusal(refusal, requestId, model) {
    const { status } = wordings[refusal.kind];
    const wait = refusal.facts.retryAfterSeconds;
    const limited = refusal.kind === 'rate_limited' || refusal.kind === 'quota';
    return {
      status: refusal.facts.status ?? status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...answerHeaders(requestId, model),
        ...(limited ? { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': `${wait ?? 1}s` } : {}),
        ...(wait === undefined
          ? {}
          : { 'retry-after': String(wait), 'retry-after-ms': String(Math.round(wait * 1000)) }),
      },
      body: JSON.stringify(errorObject(refusal, model), null, 2),
    };
  },
  renderStreamError(refusal) {
    return `data: ${JSON.stringify(errorObject(refusal, ''))}\n\n`;
  },
};

/** `chatcmpl-` and other identifiers as OpenAI makes them. */
export function openaiId(prefix: string, digest: Digest): string {
  return `${prefix}${idFrom(digest, prefix, 29)}`;
}
