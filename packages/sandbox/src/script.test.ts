import { describe, expect, test } from 'vitest';
import { promptBlock } from './ask.ts';
import type { Ask } from './ask.ts';
import { piecesOf, writeScript } from './script.ts';
import { fillerTokens, joinTokens } from './tokens.ts';

const ask: Ask = {
  model: 'm',
  isStream: false,
  prompt: [promptBlock('user: Hi')],
  lastUserText: 'Hi',
  endsWithToolResult: false,
  tools: [],
  toolChoice: 'auto',
  mayCallInParallel: true,
  format: { kind: 'text' },
  stopSequences: [],
  choices: 1,
  reasoningTokens: 0,
};
const tool = { name: 'lookup', schema: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] } };
const first = (changes: Partial<Ask>, directives = {}, seed = 'a1b2c3d4') =>
  writeScript({ ...ask, ...changes }, directives, seed).choices[0];

describe('a script', () => {
  test('is the same for the same seed and differs for another', () => {
    const text = (seed: string) => joinTokens(first({}, { tokens: 30 }, seed)?.text ?? []);
    expect(text('00000001')).toBe(text('00000001'));
    expect(text('00000001')).not.toBe(text('00000002'));
  });

  test('counts reasoning, text and calls as output', () => {
    const script = writeScript(
      { ...ask, tools: [tool], choices: 2 },
      { reasoning: 5, tokens: 7, tool: [] },
      'a1b2c3d4',
    );
    const calls = script.choices
      .flatMap((choice) => choice.calls)
      .reduce((sum, call) => sum + 8 + call.arguments.length, 0);
    expect(script.reasoningTokens).toBe(10);
    expect(script.outputTokens).toBe(10 + 14 + calls);
  });

  test.each([0, 1, 4, 5, 9, 10, 20, 26, 28, 40])('never generates more than maxTokens=%i', (maxTokens) => {
    const script = writeScript(
      { ...ask, tools: [tool], maxTokens },
      { reasoning: 5, tokens: 5, tool: ['lookup', 'lookup'] },
      'a1b2c3d4',
    );
    const choice = script.choices[0];
    const arguments_ = choice?.calls.map((call) => call.arguments.length) ?? [];
    const generated =
      (choice?.reasoning.length ?? 0) +
      (choice?.text.length ?? 0) +
      arguments_.reduce((sum, length) => sum + 8 + length, 0);
    expect(generated).toBeLessThanOrEqual(maxTokens);
    expect(script.outputTokens).toBe(generated);
    const isWhole = choice?.finish === 'tool_calls';
    if (!isWhole) expect(choice?.finish).toBe('length');
  });

  test('calls a tool that nobody offered with empty arguments, as models sometimes do', () => {
    const choice = first({}, { tool: ['imagined'] });
    expect(choice?.calls.map((call) => [call.name, joinTokens(call.arguments)])).toEqual([['imagined', '{}']]);
  });

  test('asks for no tool again once its result is there', () => {
    expect(first({ tools: [tool], endsWithToolResult: true }, { tool: [] })?.finish).toBe('stop');
  });

  test('ends at the first of several stop sequences', () => {
    const choice = first({ stopSequences: ['six', 'four', ''] }, { say: 'three four five six' });
    expect([joinTokens(choice?.text ?? []), choice?.finish, choice?.stopSequence]).toEqual([
      'three ',
      'stop_sequence',
      'four',
    ]);
  });
});

test('the pieces of a text are the text, however many there are', () => {
  const tokens = fillerTokens(9, 37);
  for (const count of [1, 2, 5, 36, 37, 99]) {
    const pieces = [...piecesOf(tokens, count)];
    expect(pieces).toHaveLength(Math.min(count, 37));
    expect(pieces.map((piece) => piece.text).join('')).toBe(joinTokens(tokens));
    expect(pieces.every((piece) => piece.to > piece.from)).toBe(true);
  }
});
