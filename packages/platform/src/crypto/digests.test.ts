import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from '../config/secret.ts';
import { digestApiKey, digestSession, equalsInConstantTime, randomBytes, sha256Hex } from './digests.ts';

const pepper = new Secret('a pepper of at least thirty-two characters');

test('digests an API key with HMAC-SHA-256 (RFC 4231, case 2)', () => {
  expect(digestApiKey(new Secret('Jefe'), 'what do ya want for nothing?').toString('hex')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test('gives keys with a long common prefix different digests', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (left, right) => {
      fc.pre(left !== right && left.isWellFormed() && right.isWellFormed());
      const prefix = 'sk-tp-live-01jd0000000000000000000000';
      expect(digestApiKey(pepper, prefix + left).equals(digestApiKey(pepper, prefix + right))).toBe(false);
    }),
  );
});

test('never gives a session the digest of an API key', () => {
  expect(digestSession(pepper, 'same').equals(digestApiKey(pepper, 'same'))).toBe(false);
});

test('compares by content and length', () => {
  expect(equalsInConstantTime(Buffer.from('abc'), Buffer.from('abc'))).toBe(true);
  expect(equalsInConstantTime(Buffer.from('abc'), Buffer.from('abd'))).toBe(false);
  expect(equalsInConstantTime(Buffer.from('abc'), Buffer.from('abcd'))).toBe(false);
});

test('gives as many random bytes as asked for, different each time', () => {
  expect(randomBytes(16)).toHaveLength(16);
  expect(sha256Hex(randomBytes(16))).not.toBe(sha256Hex(randomBytes(16)));
});
