import { GatewayError } from '@turnpike/core/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeText, encodeText } from './bytes.ts';
import { scanBody, scanObject } from './scan.ts';

function refusal(text: string): GatewayError | undefined {
  try {
    scanBody(encodeText(text));
    return undefined;
  } catch (error) {
    return error instanceof GatewayError ? error : undefined;
  }
}

describe('the scan of a body', () => {
  test('finds where members stand, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary', maxLength: 8 }), fc.jsonValue(), { maxKeys: 8 }),
        fc.constantFrom(undefined, 2, '\t'),
        (value, indent) => {
          fc.pre(!JSON.stringify(value).includes('\\u') && !JSON.stringify(value).includes('__proto__'));
          const bytes = encodeText(JSON.stringify(value, undefined, indent));
          const layout = scanBody(bytes);
          const read = (layout?.members ?? []).map(({ name, valueStart, valueEnd }): [string, unknown] => [
            name,
            JSON.parse(decodeText(bytes, valueStart, valueEnd)),
          ]);
          expect(Object.fromEntries(read)).toEqual(JSON.parse(JSON.stringify(value)));
          expect(decodeText(bytes, layout?.start, (layout?.end ?? 0) + 1)).toBe(decodeText(bytes));
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([
    ['65 levels', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, undefined],
    ['a bomb that never closes', '{"a":'.repeat(100_000), undefined],
    ['a bomb that is an array', '['.repeat(100_000), undefined],
    ['100,001 values', `{"a":[${'1,'.repeat(100_000)}1]}`, undefined],
    ['a top-level key twice', '{"model":"a","model":"b"}', 'model'],
    ['a key twice in two spellings', '{"model":"a","mod\\u0065l":"b"}', 'model'],
    ['__proto__ at the top', '{"__proto__":{}}', '__proto__'],
    ['__proto__ deep inside', '{"a":[{"__proto__":{"x":1}}]}', '__proto__'],
    ['__proto__ with escapes', '{"a":{"\\u005f_proto__":1}}', '__proto__'],
    ['an escaped NUL', '{"a":"x\\u0000"}', undefined],
    ['a lone high surrogate', '{"a":"\\ud800"}', undefined],
    ['a lone low surrogate', '{"a":"\\udc00x"}', undefined],
    ['two high surrogates', '{"a":"\\ud83c\\ud83c"}', undefined],
  ])('refuses %s with what to do', (_what, text, param) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: 'invalid_request', param });
    expect(error?.message).toMatch(/\.$/);
  });

  test.each([
    ['64 levels', `{"a":${'['.repeat(63)}${']'.repeat(63)}}`],
    ['brackets inside of a string', `{"a":"${'[{'.repeat(1_000)}"}`],
    ['a nested key twice', '{"a":{"b":1,"b":2}}'],
    ['a pair of surrogates', '{"a":"\\ud83c\\udf0d \\\\ud800"}'],
    ['proto as a value', '{"a":"__proto__"}'],
  ])('lets %s pass', (_what, text) => {
    expect(refusal(text)).toBeUndefined();
    expect(scanBody(encodeText(text))).toBeDefined();
  });

  test('finds no object in anything else, and leaves it to the parser to say so', () => {
    for (const text of ['', ' ', '[]', '"x"', 'null', '{"a":1', '{"a', '{"a":"', 'x']) {
      expect(scanBody(encodeText(text)), text).toBeUndefined();
    }
  });

  test('takes many top-level keys without comparing each with each', () => {
    const keys = Array.from({ length: 90_000 }, (_, index) => `"k${index}":1`);
    expect(scanBody(encodeText(`{${keys.join(',')}}`))?.members).toHaveLength(90_000);
    expect(refusal(`{${keys.join(',')},"k7":1}`)?.param).toBe('k7');
  });

  test('reads an object inside of a larger text', () => {
    const text = '{"a":{"b": 1 , "c":[2]},"d":3}';
    const inner = scanObject(encodeText(text), 5);
    expect(inner?.members.map(({ name, valueStart, valueEnd }) => [name, text.slice(valueStart, valueEnd)])).toEqual([
      ['b', '1'],
      ['c', '[2]'],
    ]);
    expect(text[inner?.end ?? 0]).toBe('}');
  });
});
