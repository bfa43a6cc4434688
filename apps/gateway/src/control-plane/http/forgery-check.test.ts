import { GatewayError } from '@turnpike/core/errors';
import { describe, expect, it } from 'vitest';
import { assertNotForged, csrfTokenOf } from './forgery-check.ts';

const publicUrl = 'https://gateway.example';
const sessionToken = 'session-secret';
const token = csrfTokenOf(sessionToken);
const own = { origin: publicUrl, 'sec-fetch-site': 'same-origin', 'x-csrf-token': token };

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

function isRefused(headers: Headers, { method = 'POST', hasSession = true, url = publicUrl } = {}): boolean {
  try {
    assertNotForged({ method, headers, sessionToken: hasSession ? sessionToken : undefined }, url);
    return false;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'access_denied') {
      return true;
    }
    throw error;
  }
}

describe('assertNotForged with a session', () => {
  it.each(['POST', 'PATCH', 'PUT', 'DELETE'])('lets our own page %s', (method) => {
    expect(isRefused(own, { method })).toBe(false);
  });

  it('lets a client that is no browser change things with the token', () => {
    expect(isRefused({ 'x-csrf-token': token })).toBe(false);
  });

  it.each<[string, Headers]>([
    ['no token', { origin: publicUrl }],
    ['no header at all', {}],
    ['an empty token', { ...own, 'x-csrf-token': '' }],
    ['the token of another session', { ...own, 'x-csrf-token': csrfTokenOf('another') }],
    ['two tokens', { ...own, 'x-csrf-token': [token, token] }],
    ['another origin', { ...own, origin: 'https://evil.example' }],
    ['an origin that begins like ours', { ...own, origin: 'https://gateway.example.evil.example' }],
    ['our host over http', { ...own, origin: 'http://gateway.example' }],
    ['our host on another port', { ...own, origin: 'https://gateway.example:8443' }],
    ['an opaque origin', { ...own, origin: 'null' }],
    ['an origin that is no URL', { ...own, origin: 'gateway.example' }],
    ['a sibling domain by its fetch metadata', { ...own, 'sec-fetch-site': 'same-site' }],
    ['another site by its fetch metadata', { ...own, 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s', (_what, headers) => {
    expect(isRefused(headers)).toBe(true);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('leaves %s alone: it changes nothing', (method) => {
    expect(isRefused({ origin: 'https://evil.example' }, { method })).toBe(false);
  });
});

describe('assertNotForged without a session', () => {
  it('needs no token, because there is nothing to borrow', () => {
    expect([
      isRefused({}, { hasSession: false }),
      isRefused({ origin: publicUrl }, { hasSession: false }),
    ]).toStrictEqual([false, false]);
  });

  it('still refuses other sites, so that nobody is signed in as a stranger', () => {
    const other = { origin: 'https://evil.example' };
    const byMetadata = { 'sec-fetch-site': 'cross-site' };
    expect([isRefused(other, { hasSession: false }), isRefused(byMetadata, { hasSession: false })]).toStrictEqual([
      true,
      true,
    ]);
  });
});

describe('assertNotForged on a developer machine', () => {
  it.each([
    ['http://localhost:3000', false],
    ['http://127.0.0.1:3000', false],
    ['http://[::1]:3000', false],
    ['http://localhost:3001', true],
    ['http://127.0.0.1.evil.example:3000', true],
    ['http://evil.example:3000', true],
  ])('judges %s', (origin, refused) => {
    expect(isRefused({ ...own, origin }, { url: 'http://localhost:3000' })).toBe(refused);
  });
});
