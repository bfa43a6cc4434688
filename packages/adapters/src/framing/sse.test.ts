import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { concatBytes, encodeText } from './bytes.ts';
import { createSseDecoder, type SseEvent } from './sse.ts';

function decode(...pieces: readonly (string | Uint8Array)[]): readonly SseEvent[] {
  const decoder = createSseDecoder();
  const events = pieces.flatMap((piece) => decoder.push(typeof piece === 'string' ? encodeText(piece) : piece));
  return [...events, ...decoder.end()];
}

const data = (...payloads: readonly string[]): readonly SseEvent[] =>
  payloads.map((payload) => ({ event: undefined, data: payload }));

describe('a decoder of server-sent events', () => {
  test.each([
    ['one event', 'data: a\n\n', data('a')],
    ['no space behind the colon', 'data:a\n\n', data('a')],
    ['two spaces behind the colon', 'data:  a\n\n', data(' a')],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', data('a', 'b')],
    ['CR', 'data: a\r\rdata: b\r\r', data('a', 'b')],
    ['line ends of all kinds', 'data: a\r\n\ndata: b\r\r\ndata: c\n\r\n', data('a', 'b', 'c')],
    ['several data lines', 'data: a\ndata:\ndata: b\n\n', data('a\n\nb')],
    ['a named event', 'event: x\ndata: a\n\n', [{ event: 'x', data: 'a' }]],
    ['ids, retries and unknown fields', 'id: 1\nretry: 5\nfoo: bar\ndata: a\n\n', data('a')],
    ['comments', ': hi\n\ndata: a\n: in between\n\n:\n\n', data('a')],
    ['a keep-alive in a data line', 'data: : keepalive\n\ndata: a\n\n', data('a')],
    ['empty data', 'data:\n\ndata\n\ndata: a\n\n', data('a')],
    ['a byte order mark', '\ufeffdata: a\n\n', data('a')],
    ['a byte order mark before a comment', '\ufeff: x\n\ndata: a\n\n', data('a')],
    ['no final blank line', 'data: a\n\ndata: b\n', data('a', 'b')],
    ['no final line end', 'data: a\n\ndata: b', data('a', 'b')],
    ['only blank lines', '\n\n\r\n\n', []],
    ['nothing', '', []],
  ])('reads %s', (_what, text, expected) => {
    expect(decode(text)).toEqual(expected);
  });

  test('gives the same events for any chunking, characters cut anywhere', () => {
    const line = fc.oneof(
      fc
        .string({ unit: 'grapheme', maxLength: 20 })
        .filter((value) => !/[\r\n]/.test(value))
        .map((value) => `data: ${value}`),
      fc.constantFrom(': comment', 'event: x', 'id: 1', 'data: : keepalive', 'data:', 'data: 🌍é€', ''),
    );
    const lines = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(500), { maxLength: 40 }), (parts, offsets) => {
        const bytes = encodeText(parts.map(([text, end]) => text + end).join(''));
        const cuts = [...new Set([0, ...offsets.map((offset) => offset % (bytes.length + 1)), bytes.length])].sort(
          (a, b) => a - b,
        );
        const pieces = cuts.slice(1).map((end, index) => bytes.subarray(cuts[index] ?? 0, end));
        expect(concatBytes(pieces)).toEqual(bytes);
        expect(decode(...pieces)).toEqual(decode(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('replaces bytes that are no UTF-8 and reads on', () => {
    expect(
      decode(concatBytes([encodeText('data: a'), new Uint8Array([0xff, 0xc3]), encodeText('\n\ndata: b\n\n')])),
    ).toEqual(data('a\ufffd\ufffd', 'b'));
  });

  test('gives up on an event that outgrows its limit', () => {
    const decoder = createSseDecoder(100);
    decoder.push(encodeText('data: ok\n\n'));
    for (let count = 0; count < 30; count++) {
      decoder.push(encodeText('data: xxxx'));
    }
    expect(decoder.isOverflowing).toBe(true);
    expect(decoder.push(encodeText('\n\ndata: late\n\n'))).toEqual([]);
  });
});
