import { describe, expect, test } from 'vitest';

import { cleanEndUser } from './end-user.ts';

describe('a client’s name for its user', () => {
  test.each([
    [undefined, undefined],
    [null, undefined],
    ['', undefined],
    ['\u0000\n\u0085', undefined],
    ['user-1', 'user-1'],
    ['Zoë 🌍', 'Zoë 🌍'],
    ['a\u0007b\ud800c', 'abc'],
    ['x'.repeat(300), 'x'.repeat(256)],
    [`${'x'.repeat(255)}🌍`, 'x'.repeat(255)],
  ])('%j is kept as %j', (name, kept) => {
    expect(cleanEndUser(name)).toBe(kept);
  });
});
