import type { FailureKind, UpstreamFailure } from '@turnpike/core/inference/failure';

import { cleanMessage } from './clean-message.ts';
import { compact } from './loose.ts';
import type { ErrorAnswer } from './protocol.ts';
import { shortText } from './short-text.ts';

/** What a protocol reads of its own error body. */
export interface VendorError {
  readonly message?: string | undefined;
  /** The vendor's code, or its type where it has no codes. */
  readonly code?: string | undefined;
  readonly type?: string | undefined;
  readonly param?: string | undefined;
}

/** A provider's answer that is not what its protocol promises. */
export function malformed(message: string, status?: number): UpstreamFailure {
  return compact({ kind: 'malformed' as const, message, status });
}

/** A stream that ended without any sign that the answer is complete. */
export function cutStream(): UpstreamFailure {
  return {
    kind: 'connection',
    message: 'The provider closed the connection before the answer was complete: it was cut.',
  };
}

/**
 * A failure of an error answer. The wording decides before the status, because vendors report a full context, a
 * refused content or an empty account under many statuses.
 */
export function classifyFailure(answer: ErrorAnswer, vendor: VendorError): UpstreamFailure {
  const message = cleanMessage(vendor.message ?? answer.text);
  const words = `${vendor.code ?? ''} ${vendor.type ?? ''} ${vendor.message ?? answer.text}`
    .slice(0, 4_000)
    .toLowerCase();
  return compact({
    kind: kindOf(answer.status, words),
    message: message === '' ? `The provider answered with status ${answer.status} and no message.` : message,
    status: answer.status,
    providerCode: firstWord(vendor.code) ?? firstWord(vendor.type),
    param: vendor.param === undefined ? undefined : shortText(vendor.param, 128),
    retryAfterSeconds: retryAfterSeconds(answer),
  });
}

/** A code that is safe to show: short and without spaces. */
function firstWord(code: string | undefined): string | undefined {
  return code !== undefined && /^[\w.:-]{1,64}$/.test(code) ? code : undefined;
}

/** Limits of tokens per minute speak of size too, but waiting helps: they are no overflow. */
const rateWords = [
  'tokens per min',
  'requests per min',
  'tokens per day',
  'requests per day',
  'rate limit',
  'rate_limit',
  'too many requests',
];

const contextWords = [
  'maximum context length',
  'context_length_exceeded',
  'context length exceeded',
  'context window',
  'prompt is too long',
  'prompt too long',
  'input is too long',
  'exceed context limit',
  'exceeds the maximum number of tokens',
  'exceeds the maximum context',
  'maximum number of tokens',
  'too many tokens',
  'input token count',
  'reduce the length of the messages',
  'range of input length should be',
  'string_above_max_length',
  'request_too_large',
  'maximum prompt length',
  'exceeds the available context size',
];

const filterWords = [
  'content_filter',
  'content_policy',
  'content policy',
  'content management policy',
  'responsibleai',
  'usage policies',
  'safety system',
  'content filtering policy',
  'moderation_blocked',
  'flagged',
];

/** The key is known but pays for nothing more: like a bad key, it is ours to mend and no use to retry. */
const quotaWords = [
  'insufficient_quota',
  'exceeded your current quota',
  'credit balance is too low',
  'insufficient balance',
  'insufficient_balance',
  'insufficient credits',
  'billing_hard_limit',
  'billing hard limit',
  'payment required',
  'account is not active',
  'billing_error',
  'spending limit',
];

const keyWords = [
  'invalid_api_key',
  'incorrect api key',
  'invalid api key',
  'invalid x-api-key',
  'api key is invalid',
  'api key not valid',
  'api_key_invalid',
  'authentication_error',
  'invalid authentication',
  'permission_error',
  'no auth credentials',
];

const overloadWords = [
  'overloaded',
  'over capacity',
  'at capacity',
  'server is busy',
  'no available capacity',
  'temporarily unavailable',
];

function kindOf(status: number, words: string): FailureKind {
  const says = (list: readonly string[]): boolean => list.some((word) => words.includes(word));
  if (says(quotaWords)) {
    return 'unauthorized';
  }
  if (status === 429) {
    return says(overloadWords) ? 'overloaded' : 'rate_limited';
  }
  if (status === 401 || says(keyWords)) {
    return 'unauthorized';
  }
  const isCallersFault = (status >= 400 && status < 500) || status === 200;
  if (isCallersFault && says(rateWords)) {
    return 'rate_limited';
  }
  if (isCallersFault && says(contextWords)) {
    return 'context_too_long';
  }
  if (isCallersFault && says(filterWords)) {
    return 'content_filtered';
  }
  if (says(overloadWords) || status === 503 || status === 529) {
    return 'overloaded';
  }
  return kindOfStatus(status, words);
}

function kindOfStatus(status: number, words: string): FailureKind {
  switch (status) {
    case 402:
    case 403:
      return 'unauthorized';
    case 408:
    case 504:
    case 524:
      return 'timeout';
    case 200:
      // An error inside of a good status: only its words tell whose fault it is.
      return /invalid_request|invalid request|unsupported|not_found|validation|tool_use_failed|bad request/.test(words)
        ? 'rejected'
        : words.includes('timeout')
          ? 'timeout'
          : 'server';
    default:
      return status >= 500 || status < 400 ? 'server' : 'rejected';
  }
}

/** Longer waits than a day are mistakes; they are read as a day. */
const maxRetryAfterSeconds = 86_400;

/** Whole seconds of `retry-after-ms` or `retry-after`; undefined for what asks for no wait. */
function retryAfterSeconds(answer: ErrorAnswer): number | undefined {
  const milliseconds = Number(answer.headers['retry-after-ms'] ?? '');
  const asked = answer.headers['retry-after'] ?? '';
  const seconds = milliseconds > 0 ? milliseconds / 1000 : (secondsUntil(asked, answer) ?? Number(asked));
  return seconds > 0 ? Math.min(Math.ceil(seconds), maxRetryAfterSeconds) : undefined;
}

/** The two forms of a date that servers write (RFC 9110, section 5.6.7); `Date.parse` alone takes far more for one. */
const httpDate = /^[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/;

/** Seconds to a date by the server's own clock, which need not agree with ours; by ours where it tells no time. */
function secondsUntil(date: string, { headers, nowMs }: ErrorAnswer): number | undefined {
  const fromMs = parseHttpDate(headers['date'] ?? '') ?? nowMs;
  const untilMs = parseHttpDate(date);
  return fromMs === undefined || untilMs === undefined ? undefined : (untilMs - fromMs) / 1000;
}

function parseHttpDate(text: string): number | undefined {
  const parsedMs = httpDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsedMs) ? undefined : parsedMs;
}
