import { describe, expect, it } from 'vitest';

import { asId } from '../ids.ts';
import { assertMayUseModel, assertUsable } from './authorize.ts';
import type { Principal } from './principal.ts';

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

describe('assertUsable', () => {
  it.each([
    [{ status: 'disabled' }, 'invalid_api_key'],
    [{ status: 'revoked' }, 'invalid_api_key'],
    [{ expiresAtMs: 1_000 }, 'expired_api_key'],
    [{ organizationStatus: 'suspended' }, 'account_suspended'],
    [{ kind: 'management' }, 'access_denied'],
  ] as const)('refuses %j with %s', (part, code) => {
    expect(() => assertUsable({ ...principal, ...part }, 1_000)).toThrow(expect.objectContaining({ code }));
  });

  it('lets an active key through until the very millisecond of its expiry', () => {
    expect(() => assertUsable({ ...principal, expiresAtMs: 1_001 }, 1_000)).not.toThrow();
  });
});

describe('assertMayUseModel', () => {
  it.each([
    [undefined, 'acme/large', true],
    [['acme/large'], 'acme/large', true],
    [['acme/*'], 'acme/large', true],
    [['acme/*'], 'acmex/large', false],
    [['acme/large'], 'acme/large-2', false],
    [[], 'acme/large', false],
  ] as const)('with the list %j, %s is allowed: %s', (allowedModels, slug, isAllowed) => {
    const check = () => assertMayUseModel({ ...principal, allowedModels }, slug);
    if (isAllowed) {
      expect(check).not.toThrow();
    } else {
      expect(check).toThrow(expect.objectContaining({ code: 'model_access_denied' }));
    }
  });
});
