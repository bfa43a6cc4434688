import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLines, encodeLine } from './record-lines.ts';

const record = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => JSON.stringify({ text }));

test('reads what was written, wherever a reader stops and goes on', () => {
  fc.assert(
    fc.property(fc.array(record), fc.integer({ min: 1, max: 50 }), (records, pieceBytes) => {
      const bytes = Buffer.from(records.map(encodeLine).join(''));
      const read: string[] = [];
      let offset = 0;
      let size = pieceBytes;
      while (offset < bytes.length) {
        const decoded = decodeLines(bytes.subarray(offset, offset + size));
        read.push(...decoded.records);
        offset += decoded.consumedBytes;
        size = decoded.consumedBytes > 0 ? pieceBytes : size * 2;
      }
      expect(read).toStrictEqual(records);
    }),
  );
});

test('leaves a torn tail alone, at every length', () => {
  const bytes = Buffer.from(encodeLine('{"a":1}') + encodeLine('{"b":2}'));
  const first = encodeLine('{"a":1}').length;
  for (let length = first; length < bytes.length; length += 1) {
    expect(decodeLines(bytes.subarray(0, length))).toStrictEqual({
      records: ['{"a":1}'],
      consumedBytes: first,
      damagedLines: 0,
    });
  }
});

test('skips and counts lines that are not what was written, and reads the rest', () => {
  const bytes = Buffer.from(`${encodeLine('{"a":1}')}garbage\n\n${encodeLine('{"b":2}')}${encodeLine('{"c":3}')}`);
  bytes[bytes.indexOf('{"b"') + 2] = 0x7a;
  expect(decodeLines(bytes)).toStrictEqual({
    records: ['{"a":1}', '{"c":3}'],
    consumedBytes: bytes.length,
    damagedLines: 3,
  });
});

test('reads no more records than it was asked for', () => {
  const bytes = Buffer.from(['1', '2', '3'].map(encodeLine).join(''));
  expect(decodeLines(bytes, 2)).toMatchObject({ records: ['1', '2'], consumedBytes: encodeLine('1').length * 2 });
});

test('refuses a record that would be two lines', () => {
  expect(() => encodeLine('a\nb')).toThrow(RangeError);
});
