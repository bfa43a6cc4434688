import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Json } from '../json.ts';
import { foldStream } from './fold-stream.ts';
import type { AnswerPart, InferenceResponse } from './response.ts';
import type { StreamEvent } from './stream.ts';
import { unfoldResponse } from './unfold-response.ts';
import { zeroUsage } from './usage.ts';

const start: StreamEvent = { type: 'message-start', id: 'a', model: 'm', createdAtSeconds: 5 };
const end: StreamEvent = { type: 'choice-end', choice: 0, finishReason: 'stop', nativeFinishReason: 'end_turn' };

function partsOf(...events: readonly StreamEvent[]): readonly AnswerPart[] | undefined {
  return foldStream([start, ...events, end])?.choices[0]?.parts;
}

describe('folding a stream', () => {
  test('joins text to text, and keeps the order of different parts', () => {
    expect(
      partsOf(
        { type: 'reasoning-delta', choice: 0, text: 'h', issuer: 'openai-chat' },
        { type: 'reasoning-delta', choice: 0, text: 'm', issuer: 'openai-chat' },
        { type: 'text-delta', choice: 0, text: 'a' },
        { type: 'text-delta', choice: 0, text: 'b' },
        { type: 'refusal-delta', choice: 0, text: 'no' },
        { type: 'text-delta', choice: 0, text: 'c' },
      ),
    ).toEqual([
      { type: 'reasoning', text: 'hm', issuer: 'openai-chat' },
      { type: 'text', text: 'ab' },
      { type: 'refusal', text: 'no' },
      { type: 'text', text: 'c' },
    ]);
  });

  test('a signature ends its thought, and another issuer begins another', () => {
    expect(
      partsOf(
        { type: 'reasoning-delta', choice: 0, text: 'a', issuer: 'anthropic-messages' },
        { type: 'reasoning-signature', choice: 0, signature: 's', issuer: 'anthropic-messages' },
        { type: 'reasoning-delta', choice: 0, text: 'b', issuer: 'anthropic-messages' },
        { type: 'reasoning-delta', choice: 0, text: 'c', issuer: 'openai-chat' },
        { type: 'reasoning-redacted', choice: 0, data: 'x', issuer: 'anthropic-messages' },
      ),
    ).toEqual([
      { type: 'reasoning', text: 'a', signature: 's', issuer: 'anthropic-messages' },
      { type: 'reasoning', text: 'b', issuer: 'anthropic-messages' },
      { type: 'reasoning', text: 'c', issuer: 'openai-chat' },
      { type: 'reasoning', text: '', redacted: 'x', issuer: 'anthropic-messages' },
    ]);
  });

  test('pieces of interleaved tool calls go to their own call; a piece of none is dropped', () => {
    expect(
      partsOf(
        { type: 'tool-call-start', choice: 0, index: 0, id: 'a', name: 'f', kind: 'function' },
        { type: 'tool-call-start', choice: 0, index: 1, id: 'b', name: 'g', kind: 'custom' },
        { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{' },
        { type: 'tool-call-delta', choice: 0, index: 1, arguments: 'x' },
        { type: 'tool-call-delta', choice: 0, index: 0, arguments: '}' },
        { type: 'tool-call-delta', choice: 0, index: 7, arguments: 'lost' },
      ),
    ).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', arguments: '{}', kind: 'function' },
      { type: 'tool-call', id: 'b', name: 'g', arguments: 'x', kind: 'custom' },
    ]);
  });

  test('the last usage counts, because each is a total', () => {
    const folded = foldStream([
      start,
      { type: 'usage', usage: { ...zeroUsage, inputTokens: 5 } },
      end,
      { type: 'usage', usage: { ...zeroUsage, inputTokens: 5, outputTokens: 3 } },
      { type: 'message-end', serviceTier: 'default' },
    ]);
    expect(folded).toMatchObject({
      usage: { inputTokens: 5, outputTokens: 3 },
      serviceTier: 'default',
      createdAtSeconds: 5,
    });
  });

  test('a stream with an error, or without a beginning, is no answer', () => {
    expect(
      foldStream([
        start,
        { type: 'text-delta', choice: 0, text: 'a' },
        { type: 'error', failure: { kind: 'server', message: 'x' } },
      ]),
    ).toBeUndefined();
    expect(foldStream([{ type: 'text-delta', choice: 0, text: 'a' }])).toBeUndefined();
    expect(foldStream([])).toBeUndefined();
  });

  test('takes back what unfolding makes of any answer', () => {
    const text = fc.string({ minLength: 1 });
    const issuer = fc.constantFrom('openai-chat' as const, 'anthropic-messages' as const);
    const part: fc.Arbitrary<AnswerPart> = fc.oneof(
      fc.record(
        {
          type: fc.constant('text' as const),
          text,
          citations: fc.array(fc.record({ url: text, title: text }), { minLength: 1 }),
        },
        { requiredKeys: ['type', 'text'] },
      ),
      fc.record({ type: fc.constant('reasoning' as const), text, signature: text, issuer }),
      fc.record({ type: fc.constant('reasoning' as const), text: fc.constant(''), redacted: text, issuer }),
      fc.record({ type: fc.constant('refusal' as const), text }),
      fc.record({
        type: fc.constant('tool-call' as const),
        id: text,
        name: text,
        arguments: text,
        kind: fc.constantFrom('function' as const, 'custom' as const),
      }),
      fc.record({ type: fc.constant('native' as const), protocol: issuer, payload: fc.constant({ x: 1 }) }),
    );
    // Text beside text is one part by definition.
    const parts = fc
      .array(part, { maxLength: 8 })
      .map((list) =>
        list.filter(
          (each, index) => (each.type !== 'text' && each.type !== 'refusal') || list[index - 1]?.type !== each.type,
        ),
      );
    const logprobs: fc.Arbitrary<Json> = fc.record({ content: fc.array(fc.record({ token: text })) });
    const choice = fc.record(
      {
        parts,
        finishReason: fc.constantFrom('stop' as const, 'length' as const, 'tool_calls' as const),
        nativeFinishReason: text,
        stopSequence: text,
        logprobs,
      },
      { requiredKeys: ['parts', 'finishReason', 'nativeFinishReason'] },
    );
    const response: fc.Arbitrary<InferenceResponse> = fc.record(
      {
        id: text,
        model: text,
        createdAtSeconds: fc.nat(),
        choices: fc.array(choice, { maxLength: 3 }),
        usage: fc.constant(zeroUsage),
        serviceTier: text,
        systemFingerprint: text,
      },
      { requiredKeys: ['id', 'model', 'choices'] },
    );
    fc.assert(
      fc.property(response, (whole) => {
        expect(foldStream(unfoldResponse(whole))).toEqual(whole);
      }),
    );
  });
});
