import { describe, expect, test } from 'vitest';
import { countPromptTokens, fillerTokens, firstTokens, greetingTokens, joinTokens, tokenize } from './tokens.ts';

describe('tokenize', () => {
  test.each([
    '',
    'Hello, world!',
    '  two  spaces\n\n',
    'naïve façade',
    '数学は難しい',
    '👩‍👩‍👧 family',
    'a\uD800b',
    '{"a": [1, 2.5]}',
  ])('loses nothing of %j', (text) => {
    expect(tokenize(text).join('')).toBe(text);
  });

  test('never counts more tokens than bytes, so that an estimate by bytes is an upper bound', () => {
    for (const text of ['abc', 'x y z', '日本語', '....', '🙂🙂']) {
      expect(tokenize(text).length).toBeLessThanOrEqual(Buffer.byteLength(text));
      expect(countPromptTokens(text)).toBeLessThanOrEqual(Buffer.byteLength(text));
    }
  });
});

describe('filler text', () => {
  test('has exactly the tokens asked for and follows from the seed', () => {
    expect(fillerTokens(1, 40).length).toBe(40);
    expect(joinTokens(fillerTokens(1, 40))).toBe(joinTokens(fillerTokens(1, 40)));
    expect(joinTokens(fillerTokens(1, 40))).not.toBe(joinTokens(fillerTokens(2, 40)));
  });

  test('can be read from the middle of a million tokens without making them all', () => {
    const long = fillerTokens(3, 1_000_000);
    expect(long.at(999_999)).toMatch(/\w|\./);
    expect(long.at(1_000_000)).toBeUndefined();
  });

  test('cut short keeps its beginning', () => {
    const text = joinTokens(fillerTokens(5, 30));
    const short = firstTokens(fillerTokens(5, 30), 10);
    expect(short.length).toBe(10);
    expect(text.startsWith(joinTokens(short))).toBe(true);
    expect(short.at(10)).toBeUndefined();
  });
});

test('the usual answer says that it is a sandbox', () => {
  for (let seed = 0; seed < 20; seed += 1) expect(joinTokens(greetingTokens(seed)).toLowerCase()).toContain('sandbox');
});
