import type { Json } from '@turnpike/core/json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeText, encodeJson, encodeText } from './bytes.ts';
import { scanObject } from './scan.ts';
import { editMembers } from './splice.ts';

function edit(text: string, edits: Readonly<Record<string, Json | undefined>>): string {
  const bytes = encodeText(text);
  const layout = scanObject(bytes);
  if (layout === undefined) {
    throw new TypeError('Not an object.');
  }
  const values = Object.entries(edits).map(
    ([name, value]) => [name, value === undefined ? undefined : encodeJson(value)] as const,
  );
  return decodeText(editMembers(bytes, layout, new Map(values)));
}

describe('editing members', () => {
  test.each([
    ['{"a":1,"b":2}', { a: 9 }, '{"a":9,"b":2}'],
    ['{ "a" : 1 , "b" : 2 }', { b: undefined }, '{ "a" : 1 }'],
    ['{ "a" : 1 , "b" : 2 }', { a: undefined }, '{ "b" : 2 }'],
    ['{"a":1,"b":2,"c":3}', { b: undefined, c: undefined }, '{"a":1}'],
    ['{"a":1,"b":2,"c":3}', { a: undefined, b: undefined }, '{"c":3}'],
    ['{"a":1,"b":2}', { a: undefined, b: undefined }, '{}'],
    ['{"a":1}', { a: undefined, z: 1 }, '{"z":1}'],
    ['{"a":1,"b":2}', { b: undefined, z: 1 }, '{"a":1,"z":1}'],
    ['{}', { z: [1], y: 'é' }, '{"z":[1],"y":"é"}'],
    ['{ }', { z: 1 }, '{"z":1 }'],
    ['{"a":1}', { z: undefined }, '{"a":1}'],
  ])('%s with %j is %s', (text, edits, expected) => {
    expect(edit(text, edits)).toBe(expected);
  });

  test('is what the same edits make of the parsed object', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'é"', '\\');
    const object = fc.dictionary(names, fc.jsonValue({ maxDepth: 2 }));
    const changes = fc.dictionary(names, fc.option(fc.jsonValue({ maxDepth: 1 }), { nil: undefined }));
    fc.assert(
      fc.property(object, changes, fc.constantFrom(undefined, 1, '\t'), (before, wanted, indent) => {
        const edits = Object.fromEntries(
          Object.entries(wanted).map(([name, value]): [string, Json | undefined] => [
            name,
            value === undefined ? undefined : JSON.parse(JSON.stringify(value)),
          ]),
        );
        const expected = Object.fromEntries(
          Object.entries({ ...before, ...edits }).filter(([, value]) => value !== undefined),
        );
        expect(JSON.parse(edit(JSON.stringify(before, undefined, indent), edits))).toEqual(
          JSON.parse(JSON.stringify(expected)),
        );
      }),
    );
  });
});
