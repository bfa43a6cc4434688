import fc from 'fast-check';
import { expect, it } from 'vitest';

import { apiKeyRandomBytes, makeApiKey, parseApiKey, type ApiKeyKind } from './api-key.ts';

const kinds: readonly ApiKeyKind[] = ['live', 'test', 'management'];
const randomBytes = fc.uint8Array({ minLength: apiKeyRandomBytes, maxLength: apiKeyRandomBytes, max: 247 });

it('reads back the kind and prefix of every key it makes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), randomBytes, (kind, bytes) => {
      const made = makeApiKey(kind, bytes);
      expect(parseApiKey(made.secret)).toEqual({ kind, prefix: made.prefix });
      expect(made.secret.endsWith(made.last4)).toBe(true);
    }),
  );
});

it('refuses a key with one character changed', () => {
  fc.assert(
    fc.property(randomBytes, fc.nat(), fc.constantFrom(...'0Az'), (bytes, position, character) => {
      const { secret } = makeApiKey('live', bytes);
      const at = 11 + (position % (secret.length - 11));
      const changed = secret.slice(0, at) + character + secret.slice(at + 1);
      fc.pre(changed !== secret);
      expect(parseApiKey(changed)).toBeUndefined();
    }),
  );
});

it.each(['', 'sk-tp-live-', "sk-tp-live-' OR 1=1 --", 'sk-proj-abc', 'Bearer sk-tp-live-abc'])(
  'refuses %j without a look-up',
  (key) => {
    expect(parseApiKey(key)).toBeUndefined();
  },
);

it('skips bytes that would make some characters likelier than others', () => {
  const biased = new Uint8Array(apiKeyRandomBytes).fill(255);
  expect(() => makeApiKey('live', biased)).toThrow(RangeError);
});
