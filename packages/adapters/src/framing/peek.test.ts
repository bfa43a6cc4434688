import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeText, encodeText } from './bytes.ts';
import { JsonPeek, peekedArray, peekedObject, peekedScalar, peekedString } from './peek.ts';

const names = ['a', 'b', 'text', 'usage'];

interface Found {
  readonly name: string;
  readonly depth: number;
  readonly kind: number;
  readonly value: unknown;
  readonly textLength: number;
}

/** What a peek finds, in order. */
function peek(text: string): readonly Found[] | undefined {
  const reader = new JsonPeek(names);
  const bytes = encodeText(`##${text}##`);
  if (!reader.read(bytes, 2, bytes.length - 2)) {
    return undefined;
  }
  return Array.from({ length: reader.count }, (_, entry) => ({
    name: names[reader.nameAt(entry)] ?? '',
    depth: reader.depthAt(entry),
    kind: reader.kindAt(entry),
    value: JSON.parse(decodeText(bytes, reader.startAt(entry), reader.endAt(entry))),
    textLength: reader.textLengthAt(entry),
  }));
}

/** The same by parsing and walking. */
function walk(value: unknown, depth: number, found: Found[]): readonly Found[] {
  if (Array.isArray(value)) {
    value.forEach((member) => walk(member, depth + 1, found));
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (names.includes(name)) {
        const isText = typeof member === 'string';
        const kind = isText
          ? peekedString
          : Array.isArray(member)
            ? peekedArray
            : typeof member === 'object' && member !== null
              ? peekedObject
              : peekedScalar;
        found.push({ name, depth: depth + 1, kind, value: member, textLength: isText ? encodeText(member).length : 0 });
      }
      walk(member, depth + 1, found);
    }
  }
  return found;
}

describe('a peek', () => {
  test('finds the same members as a parse', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(true, false, null),
        tie('array'),
        tie('object'),
      ),
      array: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(fc.constantFrom(...names, 'tex', 'texts', 'x', '"a"'), tie('value'), { maxKeys: 5 }),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names, 'x'), value),
        fc.constantFrom(undefined, 2),
        (object, indent) => {
          const text = JSON.stringify(object, undefined, indent);
          expect(peek(text)).toEqual(walk(JSON.parse(text), 0, []));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('counts a text’s bytes once its escapes are resolved', () => {
    expect(peek('{"text":"\\n\\"\\u0041\\u00e9\\u20ac\\ud83c\\udf0d é"}')?.[0]?.textLength).toBe(
      1 + 1 + 1 + 2 + 3 + 4 + 1 + 2,
    );
  });

  test('says no to what is not one balanced object', () => {
    for (const text of [
      '',
      '[]',
      'null',
      '"x"',
      '{',
      '{"a":"',
      '{"a":1',
      '{"a":1}}',
      '{"a":1} x',
      'x {"a":1}',
      '{"a":"\\',
    ]) {
      expect(peek(text), text).toBeUndefined();
    }
    expect(peek(' {"a":1} ')).toHaveLength(1);
  });

  test('keeps all of very many members', () => {
    expect(peek(`{"a":[${Array.from({ length: 500 }, () => '{"b":1}').join(',')}]}`)).toHaveLength(501);
  });
});
