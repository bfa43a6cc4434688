import { createApiKeyInput, type ApiKeyView } from '@turnpike/contracts/api-keys';
import { expect, it } from 'vitest';
import { newKeyForm, expiresAtOf, formOfKey, keyFormSchema, otherLimitsOf, rateLimitsOf } from './key-form-values.ts';
import { limitWords } from './limit-words.ts';

const now = Date.UTC(2026, 10, 23, 12);

const key: ApiKeyView = {
  id: 'key_00000000000000000000000001',
  projectId: 'proj_00000000000000000000000001',
  name: 'Production',
  kind: 'live',
  prefix: 'sk-tp-live-3kTz81mQx0Ab',
  last4: '9fQ2',
  status: 'active',
  rateLimits: [
    { kind: 'requests', limit: 600, windowSeconds: 60 },
    { kind: 'tokens', limit: 5_000_000, windowSeconds: 86_400 },
    { kind: 'concurrency', limit: 40 },
  ],
  allowedModels: null,
  allowedIps: null,
  expiresAt: null,
  lastUsedAt: null,
  createdAt: '2026-11-01T00:00:00.000Z',
  createdByUserId: null,
};

it('turns what was typed into limits that the API accepts', () => {
  const rateLimits = rateLimitsOf({ requestsPerMinute: '1,200', tokensPerMinute: '', concurrency: '8' });
  expect(rateLimits).toEqual([
    { kind: 'requests', limit: 1_200, windowSeconds: 60 },
    { kind: 'concurrency', limit: 8 },
  ]);
  expect(createApiKeyInput.safeParse({ projectId: key.projectId, name: 'x', rateLimits }).success).toBe(true);
});

it.each([
  ['0', 'Leave it empty for no limit.'],
  ['-5', 'The limit is a whole number.'],
  ['1.5', 'The limit is a whole number.'],
  ['2000000000', 'At most 1,000,000,000.'],
])('refuses a limit of %s beside its field', (requestsPerMinute, message) => {
  const result = keyFormSchema.safeParse({ ...newKeyForm, name: 'x', requestsPerMinute });
  expect(result.error?.issues).toMatchObject([{ path: ['requestsPerMinute'], message }]);
});

it('lets a key live for ever, for a number of days, or through a chosen day', () => {
  expect(expiresAtOf({ expiry: 'never', expiryDate: '' }, now)).toBeNull();
  expect(expiresAtOf({ expiry: '30', expiryDate: '' }, now)).toBe('2026-12-23T12:00:00.000Z');
  expect(expiresAtOf({ expiry: 'custom', expiryDate: '2026-12-24' }, now)).toBe(
    new Date('2026-12-24T23:59:59.999').toISOString(),
  );
});

it('asks for a day where a custom expiry has none', () => {
  expect(keyFormSchema.safeParse({ ...newKeyForm, name: 'x', expiry: 'custom' }).error?.issues).toMatchObject([
    { path: ['expiryDate'] },
  ]);
});

it('shows a key as it is, and keeps the limits that it has no field for', () => {
  expect(formOfKey(key)).toMatchObject({
    name: 'Production',
    requestsPerMinute: '600',
    tokensPerMinute: '',
    concurrency: '40',
    expiry: 'never',
  });
  expect(otherLimitsOf(key)).toEqual([{ kind: 'tokens', limit: 5_000_000, windowSeconds: 86_400 }]);
});

it('says limits in words', () => {
  expect(key.rateLimits.map(limitWords)).toEqual(['600 requests / min', '5,000,000 tokens / day', '40 at once']);
});
