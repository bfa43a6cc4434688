import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId, mintId, parseId, renderId, timeOfId, type OrganizationId } from './ids.ts';

const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('mintId', () => {
  it('makes a UUIDv7 that carries its time', () => {
    fc.assert(
      fc.property(times, random, (nowMs, bytes) => {
        const id = mintId<'organization'>(nowMs, bytes);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(timeOfId(id)).toBe(nowMs);
      }),
    );
  });

  it('sorts by time as text', () => {
    fc.assert(
      fc.property(times, times, random, random, (left, right, a, b) => {
        fc.pre(left < right);
        expect(mintId(left, a) < mintId(right, b)).toBe(true);
      }),
    );
  });

  it.each([-1, 0.5, 2 ** 48, Number.NaN])('refuses the time %d', (nowMs) => {
    expect(() => mintId(nowMs, new Uint8Array(10))).toThrow(RangeError);
  });

  it('refuses too little randomness', () => {
    expect(() => mintId(0, new Uint8Array(9))).toThrow(RangeError);
  });
});

describe('ids at the border', () => {
  it('reads back what it renders', () => {
    fc.assert(
      fc.property(times, random, (nowMs, bytes) => {
        const id = mintId<'organization'>(nowMs, bytes);
        expect(parseId('organization', renderId('organization', id))).toBe(id);
      }),
    );
  });

  it('is the prefix and 26 characters', () => {
    expect(renderId('organization', '01891a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b')).toMatch(/^org_[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it.each([
    '',
    'org_',
    'proj_00000000000000000000000000',
    'org_z0000000000000000000000000',
    'org_0000000000000000000000000i',
    "org_' or 1=1 --             ",
  ])('does not take %j for an organization', (text) => {
    expect(parseId('organization', text)).toBeUndefined();
  });
});

it('does not believe that any text of ours is an id', () => {
  expect(() => asId<'organization'>('org_1')).toThrow(RangeError);
  const id: OrganizationId = asId('01891a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b');
  expect(id).toBe('01891a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b');
});
