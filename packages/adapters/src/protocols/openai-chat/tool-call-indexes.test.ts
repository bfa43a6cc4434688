import type { JsonObject } from '@turnpike/core/json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ToolCallIndexes } from './tool-call-indexes.ts';

interface Call {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

/** The calls that a choice's deltas add up to. */
function collect(deltas: readonly JsonObject[]): readonly Call[] {
  const indexes = new ToolCallIndexes('msg');
  const calls: Call[] = [];
  for (const event of [...deltas.flatMap((delta) => indexes.read(delta)), ...indexes.flush()]) {
    if (event.type === 'tool-call-start') {
      expect(event.index).toBe(calls.length);
      calls.push({ id: event.id, name: event.name, arguments: '' });
    } else {
      const call = calls[event.index];
      expect(call).toBeDefined();
      if (call !== undefined) {
        call.arguments += event.arguments;
      }
    }
  }
  return calls;
}

/** Pieces of a call, as a vendor with indexes sends them. */
function piecesOf(call: Call, index: number, cuts: readonly number[]): readonly JsonObject[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (call.arguments.length + 1)), call.arguments.length])].sort(
    (a, b) => a - b,
  );
  return [
    { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } },
    ...places
      .slice(1)
      .map((end, place) => ({ index, function: { arguments: call.arguments.slice(places[place], end) } })),
  ];
}

describe('tool calls in a stream', () => {
  const call = fc.record({
    name: fc.constantFrom('weather', 'time', 'f'),
    arguments: fc.jsonValue().map((value) => JSON.stringify({ value })),
  });
  const calls = fc
    .array(call, { minLength: 1, maxLength: 8 })
    .map((list) => list.map((each, index): Call => ({ ...each, id: `call_${index}` })));

  test('come out whole, however their pieces are interleaved and cut', () => {
    fc.assert(
      fc.property(
        calls,
        fc.array(fc.nat(200), { maxLength: 12 }),
        fc.infiniteStream(fc.nat(7)),
        fc.constantFrom(0, 1, 5),
        (wanted, cuts, picks, firstIndex) => {
          const queues = wanted.map((each, index) => [...piecesOf(each, index + firstIndex, cuts)]);
          const deltas: JsonObject[] = [];
          // Calls begin in order, as models write them; after that any queue may go on.
          for (const queue of queues) {
            deltas.push({ tool_calls: [queue.shift() ?? {}] });
          }
          while (queues.some((queue) => queue.length > 0)) {
            const open = queues.filter((queue) => queue.length > 0);
            deltas.push({ tool_calls: [open[(picks.next().value ?? 0) % open.length]?.shift() ?? {}] });
          }
          expect(collect(deltas)).toEqual(wanted);
        },
      ),
    );
  });

  test('are told apart by their ids when a vendor numbers all of them 0', () => {
    const deltas = [
      { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '1}' } }] },
      { tool_calls: [{ index: 0, id: 'b', function: { name: 'g', arguments: '{}' } }] },
    ];
    expect(collect(deltas)).toEqual([
      { id: 'a', name: 'f', arguments: '{"x":1}' },
      { id: 'b', name: 'g', arguments: '{}' },
    ]);
  });

  test('without indexes go by id, then to the last one', () => {
    const deltas = [
      {
        tool_calls: [
          { id: 'a', function: { name: 'f', arguments: '' } },
          { id: 'b', function: { name: 'g', arguments: '{"y"' } },
        ],
      },
      { tool_calls: [{ function: { arguments: ':2}' } }] },
      { tool_calls: [{ id: 'a', function: { arguments: '{}' } }] },
    ];
    expect(collect(deltas)).toEqual([
      { id: 'a', name: 'f', arguments: '{}' },
      { id: 'b', name: 'g', arguments: '{"y":2}' },
    ]);
  });

  test.each([
    [
      'whole calls without ids',
      [{ tool_calls: [{ function: { name: 'f', arguments: '{}' } }, { function: { name: 'f', arguments: '{}' } }] }],
      ['call_msg_0', 'call_msg_1'],
    ],
    ['arguments as an object', [{ tool_calls: [{ id: 'a', function: { name: 'f', arguments: { x: 1 } } }] }], ['a']],
    [
      'the older form',
      [{ function_call: { name: 'f', arguments: '' } }, { function_call: { arguments: '{}' } }],
      ['call_msg_0'],
    ],
    [
      'a name that comes late',
      [
        { tool_calls: [{ index: 0, id: 'a', function: { arguments: '{' } }] },
        { tool_calls: [{ index: 0, function: { name: 'f', arguments: '}' } }] },
      ],
      ['a'],
    ],
    [
      'empty calls that mean nothing',
      [{ tool_calls: [{}], function_call: { name: '', arguments: '' } }, { tool_calls: null }],
      [],
    ],
  ])('%s are read', (_what, deltas, ids) => {
    const read = collect(JSON.parse(JSON.stringify(deltas)));
    expect(read.map((each) => each.id)).toEqual(ids);
    for (const each of read) {
      expect(() => JSON.parse(each.arguments)).not.toThrow();
    }
  });
});
