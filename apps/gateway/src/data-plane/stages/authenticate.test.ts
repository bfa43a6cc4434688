import { apiKeyRandomBytes, makeApiKey } from '@turnpike/core/access/api-key';
import type { Principal } from '@turnpike/core/access/principal';
import { asId } from '@turnpike/core/ids';
import { describe, expect, it } from 'vitest';

import type { Call } from '../call.ts';
import { authenticate } from './authenticate.ts';

const { secret: key } = makeApiKey('live', new Uint8Array(apiKeyRandomBytes).fill(7));
const principal: Principal = {
  organizationId: asId('01890000-0000-7000-8000-000000000001'),
  projectId: asId('01890000-0000-7000-8000-000000000002'),
  apiKeyId: asId('01890000-0000-7000-8000-000000000003'),
  memberId: undefined,
  keyName: 'k',
  mode: 'live',
  kind: 'inference',
  status: 'active',
  organizationStatus: 'active',
  expiresAtMs: undefined,
  allowedModels: undefined,
  allowedIps: undefined,
  rateLimits: [],
  allowsUnlistedModels: false,
  alwaysSendsUsage: false,
  exposesAttempts: false,
  priceBookId: undefined,
};

function calling(headers: readonly (readonly [string, string])[], remoteAddress = '127.0.0.1'): Call {
  const first = new Map(headers.toReversed().map(([name, value]) => [name.toLowerCase(), value]));
  return {
    requestId: asId('01890000-0000-7000-8000-000000000009'),
    protocol: 'openai-chat',
    operation: 'chat',
    receivedAtMs: 0,
    receivedAtTicksMs: 0,
    remoteAddress,
    body: new Uint8Array(0),
    header: (name) => first.get(name),
    rawHeaders: headers.flat(),
  };
}
const clock = { nowMs: () => 0, ticksMs: () => 0 };
const authenticating = (found: Principal | undefined, call: Call) =>
  authenticate({ resolve: (given) => (given === key ? found : undefined) }, clock, call);

describe('authenticate', () => {
  it.each([
    [['Authorization', `Bearer ${key}`]],
    [['authorization', `bearer   ${key} `]],
    [['X-Api-Key', key]],
    [
      ['Authorization', `Bearer ${key}`],
      ['x-api-key', key],
    ],
  ] as const)('takes the key of %j', async (...headers) => {
    await expect(authenticating(principal, calling(headers))).resolves.toBe(principal);
  });

  it.each([
    [[], 'missing_api_key'],
    [[['Authorization', 'Basic abc']], 'missing_api_key'],
    [[['Authorization', 'Bearer']], 'missing_api_key'],
    [[['x-api-key', '']], 'missing_api_key'],
    [[['Authorization', `Bearer ${key}x`]], 'invalid_api_key'],
    [[['Authorization', "Bearer ' OR 1=1"]], 'missing_api_key'],
    [
      [
        ['Authorization', `Bearer ${key}`],
        ['Authorization', `Bearer ${key}`],
      ],
      'invalid_request',
    ],
    [
      [
        ['Authorization', `Bearer ${key}`],
        ['x-api-key', `${key}x`],
      ],
      'invalid_request',
    ],
    [
      [
        ['x-api-key', key],
        ['X-API-KEY', key],
      ],
      'invalid_request',
    ],
  ] as const)('refuses %j with %s', async (headers, code) => {
    await expect(authenticating(principal, calling(headers))).rejects.toMatchObject({ code });
  });

  it('never shows more of a key than its last four characters', async () => {
    const wrong = `${key.slice(0, -1)}_`;
    const error = await authenticating(principal, calling([['x-api-key', wrong]])).catch(
      (thrown: Error) => thrown.message,
    );
    expect(error).toContain(wrong.slice(-4));
    expect(error).not.toContain(wrong.slice(-5));
    const short = await authenticating(principal, calling([['x-api-key', 'short']])).catch(
      (thrown: Error) => thrown.message,
    );
    expect(short).not.toContain('short');
  });

  it('answers a key that nobody has with 401, and a disabled one as well', async () => {
    await expect(authenticating(undefined, calling([['x-api-key', key]]))).rejects.toMatchObject({
      code: 'invalid_api_key',
      status: 401,
    });
    await expect(
      authenticating({ ...principal, status: 'disabled' }, calling([['x-api-key', key]])),
    ).rejects.toMatchObject({ code: 'invalid_api_key' });
  });

  it.each([
    ['10.1.2.3', true],
    ['10.2.2.3', false],
    ['192.0.2.7', true],
    ['2001:db8::5', true],
    ['2001:db9::5', false],
    ['::ffff:10.1.2.3', true],
  ])('lets %s through the address list: %s', async (address, isAllowed) => {
    const limited = { ...principal, allowedIps: ['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'] };
    const answer = await authenticating(limited, calling([['x-api-key', key]], address)).catch(
      (error: unknown) => error,
    );
    expect(answer === limited).toBe(isAllowed);
    if (!isAllowed) {
      expect(answer).toMatchObject({ code: 'ip_not_allowed' });
    }
  });
});
