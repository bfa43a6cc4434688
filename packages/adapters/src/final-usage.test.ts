import { describe, expect, test } from 'vitest';

import { contextFor } from './conformance/play.ts';
import { encodeText } from './framing/bytes.ts';
import type { AnswerStream, Lane } from './lane.ts';
import { openLane } from './open-lane.ts';
import { anthropic } from './providers/anthropic.ts';
import { openaiCompatible } from './providers/openai-compatible.ts';

const chatBody = '{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"x"}]}';
const clients = ['openai-chat', 'anthropic-messages'] as const;

function laneTo(clientProtocol: (typeof clients)[number], provider: typeof anthropic): Lane {
  return openLane(contextFor({ clientProtocol, clientBody: chatBody, provider }));
}

function tell(stream: AnswerStream, payload: object | string): void {
  stream.push(encodeText(`data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`));
}

describe.each(clients)('usage of a messages stream that is read for a client of %s', (client) => {
  const start = { type: 'message_start', message: { id: 'i', usage: { input_tokens: 50, output_tokens: 1 } } };
  const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hello' } };
  const end = (usage?: object): object => ({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn' },
    ...(usage === undefined ? {} : { usage }),
  });

  test('is not final while the provider has told the input only', () => {
    const stream = laneTo(client, anthropic).openStream();
    expect(stream.facts).toMatchObject({ usage: undefined, isUsageFinal: false });
    tell(stream, start);
    tell(stream, text);
    expect(stream.facts).toMatchObject({ usage: { inputTokens: 50 }, isUsageFinal: false });
  });

  test('is final from the event that ends the message on', () => {
    const stream = laneTo(client, anthropic).openStream();
    tell(stream, start);
    tell(stream, { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 400 } });
    expect(stream.facts.isUsageFinal).toBe(false);
    tell(stream, end({ output_tokens: 900 }));
    expect(stream.facts).toMatchObject({ usage: { inputTokens: 50, outputTokens: 900 }, isUsageFinal: true });
  });

  test.each([
    ['says nothing of the output', undefined],
    ['tells nonsense', { output_tokens: -4 }],
  ])('is not final when the end %s', (_what, usage) => {
    const stream = laneTo(client, anthropic).openStream();
    tell(stream, start);
    tell(stream, end(usage));
    tell(stream, { type: 'message_stop' });
    expect(stream.state).toBe('complete');
    expect(stream.facts.isUsageFinal).toBe(false);
  });
});

describe.each(clients)('usage of a chat stream that is read for a client of %s', (client) => {
  const text = { choices: [{ index: 0, delta: { content: 'hello' }, finish_reason: null }] };
  const stop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const usage = (count: number): object => ({ usage: { prompt_tokens: 50, completion_tokens: count } });

  test('is final with the chunk that holds nothing else', () => {
    const stream = laneTo(client, openaiCompatible).openStream();
    tell(stream, text);
    tell(stream, stop);
    expect(stream.facts).toMatchObject({ usage: undefined, isUsageFinal: false });
    tell(stream, { choices: [], ...usage(9) });
    expect(stream.facts).toMatchObject({ usage: { outputTokens: 9 }, isUsageFinal: true });
  });

  test('is not final while totals so far come with the content, and is on the chunk that ends it', () => {
    const stream = laneTo(client, openaiCompatible).openStream();
    tell(stream, { ...text, ...usage(3) });
    expect(stream.facts).toMatchObject({ usage: { inputTokens: 50, outputTokens: 3 }, isUsageFinal: false });
    tell(stream, { ...stop, ...usage(4) });
    expect(stream.facts).toMatchObject({ usage: { outputTokens: 4 }, isUsageFinal: true });
  });

  test('is final in a place of the vendor’s own, and when the terminator follows', () => {
    const nested = laneTo(client, openaiCompatible).openStream();
    tell(nested, { ...stop, x_vendor: usage(4) });
    expect(nested.facts.isUsageFinal).toBe(true);
    const early = laneTo(client, openaiCompatible).openStream();
    tell(early, { ...text, ...usage(3) });
    tell(early, '[DONE]');
    expect(early.facts).toMatchObject({ usage: { outputTokens: 3 }, isUsageFinal: true });
  });

  test('is not final when there is none', () => {
    const stream = laneTo(client, openaiCompatible).openStream();
    tell(stream, text);
    tell(stream, { ...stop, usage: { prompt_tokens: -1, completion_tokens: 2 } });
    tell(stream, '[DONE]');
    expect(stream.state).toBe('complete');
    expect(stream.facts).toMatchObject({ usage: undefined, isUsageFinal: false });
  });
});

describe.each(clients)('usage of a whole answer that is read for a client of %s', (client) => {
  const chat = { choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }] };
  const message = { type: 'message', content: [{ type: 'text', text: 'a' }], stop_reason: 'end_turn' };

  test.each([
    [openaiCompatible, { ...chat, usage: { prompt_tokens: 5, completion_tokens: 1 } }, true],
    [openaiCompatible, chat, false],
    [anthropic, { ...message, usage: { input_tokens: 5, output_tokens: 1 } }, true],
    [anthropic, message, false],
  ])('of $id is final when it is there', (provider, body, isUsageFinal) => {
    const lane = laneTo(client, provider);
    const bytes = encodeText(JSON.stringify(body));
    expect(lane.readAnswer(200, {}, bytes)).toMatchObject({ isUsageFinal });
    const stream = lane.openStream();
    stream.push(bytes);
    stream.end();
    expect(stream.facts.isUsageFinal).toBe(isUsageFinal);
  });
});

test('usage of embeddings is final when it is there', () => {
  const clientBody = '{"model":"m","input":"x"}';
  const lane = openLane(contextFor({ clientProtocol: 'openai-embeddings', clientBody, provider: openaiCompatible }));
  const read = (usage: string) => lane.readAnswer(200, {}, encodeText(`{"data":[{"embedding":[1]}]${usage}}`));
  expect(read(',"usage":{"prompt_tokens":3}')).toMatchObject({ isUsageFinal: true });
  expect(read('')).toMatchObject({ isUsageFinal: false });
});
