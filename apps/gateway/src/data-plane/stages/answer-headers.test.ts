import { validateHeaderValue } from 'node:http';

import { asId } from '@turnpike/core/ids';
import type { RateLimitState } from '@turnpike/core/limits/rate-limit';
import { nanoUsd } from '@turnpike/core/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commonHeaders, costHeader, headerSafe, servedHeaders } from './answer-headers.ts';

const limit = (part: Partial<RateLimitState>): RateLimitState => ({
  kind: 'requests',
  scope: 'key',
  limit: 60,
  windowMs: 60_000,
  remaining: 59,
  resetMs: 1_500,
  ...part,
});
const requestId = asId<'request'>('01890000-0000-7000-8000-000000000009');

describe('commonHeaders', () => {
  it('shows one UUID as request id and as generation id', () => {
    const headers = commonHeaders(requestId, []);
    expect(headers['x-request-id']?.slice(4)).toBe(headers['x-generation-id']?.slice(4));
    expect(headers).toEqual({
      'x-request-id': expect.stringMatching(/^req_/),
      'request-id': headers['x-request-id'],
      'x-generation-id': expect.stringMatching(/^gen_/),
    });
  });

  it('tells the tightest limit of each kind under OpenAI’s names', () => {
    const headers = commonHeaders(requestId, [
      limit({}),
      limit({ scope: 'organization', limit: 10, remaining: 3 }),
      limit({ kind: 'tokens', limit: 900, remaining: -5, resetMs: 0 }),
    ]);
    expect(headers).toMatchObject({
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '3',
      'x-ratelimit-reset-requests': '1.500s',
      'x-ratelimit-limit-tokens': '900',
      'x-ratelimit-remaining-tokens': '0',
    });
  });
});

describe('headerSafe', () => {
  it('makes any text a legal header value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => validateHeaderValue('x-gateway-model', headerSafe(text))).not.toThrow();
      }),
    );
  });

  it('leaves ordinary model names as they are, and encodes the rest', () => {
    expect(headerSafe('acme/large-2:free')).toBe('acme/large-2:free');
    expect(headerSafe('é\r\nx: y')).toBe('%C3%A9%0D%0Ax:%20y');
    expect(headerSafe('\ud800')).toBe('%EF%BF%BD');
  });
});

it('names the first failure where another endpoint stepped in, and the parameters that were dropped', () => {
  const headers = servedHeaders({
    model: 'acme/large',
    providerId: 'two',
    attempts: 2,
    fallbackFrom: { providerId: 'one', reason: 'overloaded' },
    droppedParams: ['logit_bias', 'seed'],
    overheadMs: 1.26,
    upstreamMs: 100,
  });
  expect(headers).toEqual({
    'x-gateway-model': 'acme/large',
    'x-gateway-provider': 'two',
    'x-gateway-attempts': '2',
    'x-gateway-fallback-from': 'one',
    'x-gateway-fallback-reason': 'overloaded',
    'x-gateway-params-dropped': 'logit_bias, seed',
    'server-timing': 'overhead;dur=1.3, upstream;dur=100.0',
  });
});

it('tells the cost exactly', () => {
  expect(costHeader(nanoUsd(420_001n))).toEqual({ 'x-gateway-cost': '0.000420001' });
});
