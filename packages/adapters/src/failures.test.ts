import type { FailureKind } from '@turnpike/core/inference/failure';
import { describe, expect, test } from 'vitest';

import { findProtocol } from './protocols/index.ts';

const chat = findProtocol('openai-chat');
const messages = findProtocol('anthropic-messages');

function kindOf(protocol: typeof chat, status: number, error: object | string): FailureKind {
  const body = JSON.parse(JSON.stringify({ error }));
  return protocol.parseError({ status, headers: {}, body, text: '' }).kind;
}

describe('an error of a chat provider', () => {
  test.each<[number, object | string, FailureKind]>([
    [401, { message: 'Incorrect API key provided', code: 'invalid_api_key' }, 'unauthorized'],
    [403, { message: 'Country not supported' }, 'unauthorized'],
    [402, { message: 'Payment Required' }, 'unauthorized'],
    [400, { message: 'API key not valid. Please pass a valid API key.' }, 'unauthorized'],
    [429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }, 'unauthorized'],
    [400, { message: 'Your credit balance is too low to access the API' }, 'unauthorized'],
    [429, { message: 'Rate limit reached for requests', code: 'rate_limit_exceeded' }, 'rate_limited'],
    [429, { message: 'The engine is currently overloaded, please try again later' }, 'overloaded'],
    [413, { message: 'Request too large for model `m` on tokens per minute (TPM): Limit 6000' }, 'rate_limited'],
    [
      400,
      { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' },
      'context_too_long',
    ],
    [400, { message: 'Please reduce the length of the messages or completion.' }, 'context_too_long'],
    [422, { message: 'Range of input length should be [1, 30720]' }, 'context_too_long'],
    [
      400,
      {
        message: 'The response was filtered due to the prompt triggering content management policy',
        code: 'content_filter',
      },
      'content_filtered',
    ],
    [400, { message: 'Invalid type for messages', type: 'invalid_request_error', param: 'messages' }, 'rejected'],
    [404, { message: 'The model `x` does not exist', code: 'model_not_found' }, 'rejected'],
    [422, 'Unprocessable', 'rejected'],
    [408, 'Request timeout', 'timeout'],
    [504, 'upstream request timeout', 'timeout'],
    [500, { message: 'The server had an error while processing your request' }, 'server'],
    [502, 'Bad gateway', 'server'],
    [503, 'no healthy upstream', 'overloaded'],
    [529, 'Overloaded', 'overloaded'],
    [200, { message: 'Internal error' }, 'server'],
    [200, { message: 'bad', code: 429 }, 'rate_limited'],
    [
      200,
      { message: 'Tool call validation failed', type: 'invalid_request_error', code: 'tool_use_failed' },
      'rejected',
    ],
  ])('of status %i saying %j is %s', (status, error, kind) => {
    expect(kindOf(chat, status, error)).toBe(kind);
  });

  test('keeps the vendor’s words, code, parameter and patience', () => {
    const body = {
      error: {
        message: "Invalid 'temperature'",
        type: 'invalid_request_error',
        code: 'decimal_above_max_value',
        param: 'temperature',
      },
    };
    expect(chat.parseError({ status: 400, headers: { 'retry-after': '7' }, body, text: '' })).toEqual({
      kind: 'rejected',
      message: "Invalid 'temperature'",
      status: 400,
      providerCode: 'decimal_above_max_value',
      param: 'temperature',
      retryAfterSeconds: 7,
    });
  });

  test.each([
    [{ 'retry-after': '1.2' }, 2],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 2],
    [{ 'retry-after': '99999999' }, 86_400],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', date: 'Wed, 21 Oct 2026 07:27:18 GMT' }, 42],
    [{ 'retry-after': 'Wednesday, 21-Oct-26 07:28:00 GMT', date: 'Wed, 21 Oct 2026 07:27:18 GMT' }, 42],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', date: 'Fri, 23 Oct 2026 07:28:00 GMT' }, undefined],
    [{ 'retry-after': 'Wed, 99 Oct 2026 07:28:00 GMT', date: 'Wed, 21 Oct 2026 07:27:18 GMT' }, undefined],
    [{ 'retry-after': '3', date: 'Wed, 21 Oct 2026 07:27:18 GMT' }, 3],
    [{ 'retry-after': '-1' }, undefined],
    [{}, undefined],
  ])('with the headers %j waits %s seconds', (headers, seconds) => {
    expect(chat.parseError({ status: 429, headers, body: {}, text: '' }).retryAfterSeconds).toBe(seconds);
  });

  test.each([
    ['{"message":"flat","code":"x_y"}', 'flat'],
    ['{"detail":"Not found"}', 'Not found'],
    ['{"detail":[{"loc":["body"],"msg":"field required"}]}', '[{"loc":["body"],"msg":"field required"}]'],
    ['[{"error":{"message":"in a list"}}]', 'in a list'],
    ['"only text"', 'only text'],
  ])('in the shape %s says %j', (text, message) => {
    expect(chat.parseError({ status: 400, headers: {}, body: JSON.parse(text), text }).message).toBe(message);
  });

  test('without a word of its own still says something', () => {
    expect(chat.parseError({ status: 500, headers: {}, body: undefined, text: '' }).message).toBe(
      'The provider answered with status 500 and no message.',
    );
  });
});

describe('an error of a messages provider', () => {
  test.each<[number, object, FailureKind]>([
    [
      400,
      { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
      'context_too_long',
    ],
    [
      400,
      {
        type: 'invalid_request_error',
        message: 'input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000',
      },
      'context_too_long',
    ],
    [413, { type: 'request_too_large', message: 'Request exceeds the maximum size' }, 'context_too_long'],
    [400, { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' }, 'content_filtered'],
    [400, { type: 'invalid_request_error', message: 'messages: roles must alternate' }, 'rejected'],
    [401, { type: 'authentication_error', message: 'invalid x-api-key' }, 'unauthorized'],
    [403, { type: 'permission_error', message: 'Your API key may not use this' }, 'unauthorized'],
    [404, { type: 'not_found_error', message: 'model: claude-x' }, 'rejected'],
    [429, { type: 'rate_limit_error', message: 'This request would exceed your rate limit' }, 'rate_limited'],
    [500, { type: 'api_error', message: 'Internal server error' }, 'server'],
    [529, { type: 'overloaded_error', message: 'Overloaded' }, 'overloaded'],
    [200, { type: 'overloaded_error', message: 'Overloaded' }, 'overloaded'],
    [200, { type: 'api_error', message: 'Internal server error' }, 'server'],
    [200, { type: 'timeout_error', message: 'Too slow' }, 'timeout'],
    [200, { type: 'invalid_request_error', message: 'bad' }, 'rejected'],
  ])('of status %i saying %j is %s', (status, error, kind) => {
    expect(kindOf(messages, status, error)).toBe(kind);
  });
});
