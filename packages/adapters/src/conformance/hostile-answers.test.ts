import type { ProtocolName } from '@turnpike/core/inference/request';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeText } from '../framing/bytes.ts';
import type { Lane } from '../lane.ts';
import { openLane } from '../open-lane.ts';
import { isFailure } from '../protocol.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openaiCompatible } from '../providers/openai-compatible.ts';
import { answerFixtures, type AnswerFixture } from './fixtures.ts';
import { contextFor, cutAtRandom, settle } from './play.ts';

const bodies: Readonly<Record<string, string>> = {
  'openai-chat':
    '{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"}]}',
  'anthropic-messages': '{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"x"}]}',
};
const clients: readonly ProtocolName[] = ['openai-chat', 'anthropic-messages'];

/** The lane from a client of a protocol to the provider whose answer a fixture is. */
function laneFor(client: ProtocolName, fixture: AnswerFixture): Lane {
  const provider = fixture.protocol.name === 'anthropic-messages' ? anthropic : openaiCompatible;
  return openLane(contextFor({ clientProtocol: client, clientBody: bodies[client] ?? '', provider }));
}

/** Plays bytes as a stream to the end, and returns how it ended. */
function playStream(lane: Lane, bytes: Uint8Array, seed: number): string {
  const stream = lane.openStream();
  for (const piece of cutAtRandom(bytes, seed)) {
    stream.push(piece);
  }
  stream.end();
  stream.renderEnd(settle(stream.facts));
  return stream.state;
}

const change = fc.record({
  place: fc.nat(20_000),
  remove: fc.nat(60),
  insert: fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('null', '{}', '[]', '"', '}', '-1', '1e999', '\u0000', 'data: ', '\n\n', '"index":1e9', '[DONE]'),
  ),
});

describe('an answer that is not what its protocol promises', () => {
  test('never throws in either lane, whatever is removed from a stream or put into it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...answerFixtures),
        fc.constantFrom(...clients),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 999 }),
        (fixture, client, changes, seed) => {
          let text = fixture.stream;
          for (const { place, remove, insert } of changes) {
            const offset = place % Math.max(text.length, 1);
            text = text.slice(0, offset) + insert + text.slice(offset + remove);
          }
          expect(['complete', 'failed']).toContain(playStream(laneFor(client, fixture), encodeText(text), seed));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never throws in either lane when it is only bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...answerFixtures),
        fc.constantFrom(...clients),
        fc.uint8Array({ maxLength: 300 }),
        (fixture, client, bytes) => {
          const lane = laneFor(client, fixture);
          expect(playStream(lane, bytes, 3)).toBe('failed');
          expect(isFailure(lane.readAnswer(200, {}, bytes))).toBe(true);
          expect(isFailure(lane.readAnswer(500, { 'retry-after': 'x' }, bytes))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('never throws when a whole answer holds any value in any place', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...answerFixtures),
        fc.constantFrom(...clients),
        fc.jsonValue(),
        fc.nat(200),
        (fixture, client, value, position) => {
          const bent = replaceNth(JSON.stringify(fixture.response), position, JSON.stringify(value));
          const answer = laneFor(client, fixture).readAnswer(200, {}, encodeText(bent));
          if (!isFailure(answer)) {
            const rendered: unknown = JSON.parse(new TextDecoder().decode(answer.render(settle(answer))));
            expect(rendered).toHaveProperty('usage');
          }
          expect(
            fixture.protocol.parseError({ status: 400, headers: {}, body: JSON.parse(bent), text: bent }),
          ).toHaveProperty('kind');
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each(clients)(
    'nested without end it is refused or passed on to a client of %s, and never overflows the stack',
    (client) => {
      const bomb = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
      for (const fixture of answerFixtures) {
        const lane = laneFor(client, fixture);
        const whole = encodeText(replaceNth(JSON.stringify(fixture.response), 3, bomb));
        expect(isFailure(lane.readAnswer(200, {}, whole))).toBe(true);
        expect(lane.readFailure(500, {}, encodeText(`{"error":${bomb}}`))).toMatchObject({ kind: 'server' });
        const stream = fixture.stream.replace('data: {', `data: {"x":${bomb},`);
        expect(['complete', 'failed']).toContain(playStream(lane, encodeText(stream), 5));
      }
    },
  );

  test('a usage report that is negative, fractional or absurd counts as not reported', () => {
    for (const count of ['-5', '1.5', '1e30', '"7"', '[]']) {
      for (const fixture of answerFixtures) {
        const bent = JSON.stringify(fixture.response).replace(/"(prompt_tokens|input_tokens)":\d+/, `"$1":${count}`);
        const answer = laneFor('openai-chat', fixture).readAnswer(200, {}, encodeText(bent));
        expect(isFailure(answer) ? undefined : answer.usage, `${fixture.name}: ${count}`).toBeUndefined();
      }
    }
  });

  test('a stream that is cut anywhere is never a shorter success, in either lane', () => {
    for (const fixture of answerFixtures) {
      for (const client of clients) {
        const bytes = encodeText(fixture.stream);
        const lane = laneFor(client, fixture);
        const terminal = firstTerminal(fixture.stream);
        for (let end = 0; end < terminal; end += 1 + (end % 7)) {
          expect(playStream(lane, bytes.subarray(0, end), end + 1), `${fixture.name} cut at ${end}`).toBe('failed');
        }
      }
    }
  });
});

/** Bytes before the first signal that an answer is complete. */
function firstTerminal(stream: string): number {
  const marks = ['"finish_reason":"', '"stop_reason":"']
    .map((mark) => stream.indexOf(mark))
    .filter((place) => place !== -1);
  return encodeText(stream.slice(0, Math.min(...marks))).length;
}

/** JSON text with its n-th scalar replaced by another value. */
function replaceNth(text: string, position: number, value: string): string {
  const scalars = [...text.matchAll(/(?<=[:[,])(?:"[^"\\]*"|-?\d+(?:\.\d+)?|true|false|null)(?=[,}\]])/g)];
  const match = scalars[position % Math.max(scalars.length, 1)];
  return match === undefined ? text : text.slice(0, match.index) + value + text.slice(match.index + match[0].length);
}
