import { GatewayError } from '@turnpike/core/errors';
import type { ProtocolName } from '@turnpike/core/inference/request';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';
import { describe, expect, test } from 'vitest';

import { contextFor, settle } from '../conformance/play.ts';
import { concatBytes, decodeText, encodeText } from '../framing/bytes.ts';
import { createSseDecoder } from '../framing/sse.ts';
import type { AnswerStream } from '../lane.ts';
import { objectOf, objectsOf, tryParseJson } from '../loose.ts';
import { openLane } from '../open-lane.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openaiCompatible } from '../providers/openai-compatible.ts';

function open(clientProtocol: ProtocolName, sendsUsage = true): AnswerStream {
  const clientBody = JSON.stringify({
    model: 'ours/m',
    max_tokens: 99,
    stream: true,
    messages: [{ role: 'user', content: 'x' }],
  });
  const provider = clientProtocol === 'openai-chat' ? anthropic : openaiCompatible;
  const lane = openLane(contextFor({ clientProtocol, clientBody, provider, sendsUsage }));
  expect(lane.kind).toBe('translate');
  return lane.openStream();
}

/** The payloads that a client receives, the terminator as a word. */
function receive(stream: AnswerStream, sent: string): readonly (JsonObject | string)[] {
  const parts = [stream.push(encodeText(sent)), stream.end()].flatMap((part) => part ?? []);
  if (stream.state === 'complete') {
    parts.push(stream.renderEnd(settle(stream.facts)));
  }
  const decoder = createSseDecoder();
  return decoder.push(concatBytes(parts)).map(({ event, data }) => {
    const payload = tryParseJson(data);
    expect(event).toBe(isJsonObject(payload) && typeof payload['type'] === 'string' ? payload['type'] : undefined);
    return isJsonObject(payload) ? payload : data;
  });
}

const event = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;
const start = event({
  type: 'message_start',
  message: { id: 'msg_1', model: 'vendor', usage: { input_tokens: 5, cache_read_input_tokens: 20, output_tokens: 1 } },
});
const block = (index: number, content_block: object): string =>
  event({ type: 'content_block_start', index, content_block });
const delta = (index: number, json: object): string => event({ type: 'content_block_delta', index, delta: json });
const stop = (index: number): string => event({ type: 'content_block_stop', index });
const end =
  event({
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 9 },
  }) + event({ type: 'message_stop' });

describe('messages told to a client of chat completions', () => {
  const answer =
    start +
    block(0, { type: 'thinking', thinking: '', signature: '' }) +
    delta(0, { type: 'thinking_delta', thinking: 'Hm.' }) +
    delta(0, { type: 'signature_delta', signature: 'c2ln' }) +
    stop(0) +
    block(1, { type: 'redacted_thinking', data: 'c2Vh' }) +
    stop(1) +
    event({ type: 'ping' }) +
    block(2, { type: 'text', text: '' }) +
    delta(2, { type: 'text_delta', text: 'Hé' }) +
    delta(2, {
      type: 'citations_delta',
      citation: {
        type: 'web_search_result_location',
        url: 'https://e.com',
        title: 'E',
        cited_text: 'He',
        encrypted_index: 'x',
      },
    }) +
    stop(2) +
    block(3, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }) +
    stop(3) +
    block(4, { type: 'tool_use', id: 'toolu_a', name: 'f', input: {} }) +
    delta(4, { type: 'input_json_delta', partial_json: '{"a":1}' }) +
    stop(4) +
    block(5, { type: 'tool_use', id: 'toolu_b', name: 'g', input: {} }) +
    stop(5) +
    end;

  test('are chunks of one id and one model, ended by one reason, one usage chunk and [DONE]', () => {
    const stream = open('openai-chat');
    const chunks = receive(stream, answer);
    expect(chunks.at(-1)).toBe('[DONE]');
    const bodies = chunks.slice(0, -1).map((chunk) => (isJsonObject(chunk) ? chunk : {}));
    for (const body of bodies) {
      expect(body).toMatchObject({
        id: 'msg_1',
        object: 'chat.completion.chunk',
        model: 'ours/m',
        created: 1_700_000_000,
      });
    }
    const usage = bodies.at(-1);
    expect(usage).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 25,
        completion_tokens: 9,
        total_tokens: 34,
        prompt_tokens_details: { cached_tokens: 20 },
        cost_nano_usd: '1234',
        is_byok: false,
      },
    });
    const choices = bodies.slice(0, -1).map((body) => objectOf(objectsOf(body['choices'])[0]));
    expect(choices[0]).toEqual({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null });
    expect(choices.at(-1)).toEqual({
      index: 0,
      delta: {},
      finish_reason: 'tool_calls',
      native_finish_reason: 'tool_use',
    });
    expect(choices.slice(1, -1).map((choice) => choice['delta'])).toEqual([
      {
        reasoning: 'Hm.',
        reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', format: 'anthropic-claude-v1', index: 0 }],
      },
      { reasoning_details: [{ type: 'reasoning.text', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 }] },
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'c2Vh', format: 'anthropic-claude-v1', index: 1 }] },
      { content: 'Hé' },
      {
        annotations: [
          {
            type: 'url_citation',
            url_citation: { url: 'https://e.com', title: 'E', content: 'He', start_index: 0, end_index: 2 },
          },
        ],
      },
      { tool_calls: [{ index: 0, id: 'toolu_a', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
      { tool_calls: [{ index: 1, id: 'toolu_b', type: 'function', function: { name: 'g', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
    ]);
    expect(stream.facts).toMatchObject({
      finishReason: 'tool_calls',
      nativeFinishReason: 'tool_use',
      outputBytes: 3 + 3 + 7 + 2,
      usage: { inputTokens: 5, cacheReadTokens: 20, outputTokens: 9 },
    });
  });

  test('leave reasoning out for a client that does not want to see it, and count it all the same', () => {
    const clientBody = JSON.stringify({
      model: 'm',
      stream: true,
      reasoning: { effort: 'high', exclude: true },
      messages: [{ role: 'user', content: 'x' }],
    });
    const lane = openLane(contextFor({ clientProtocol: 'openai-chat', clientBody, provider: anthropic }));
    const stream = lane.openStream();
    expect(JSON.stringify(receive(stream, answer))).not.toContain('reasoning":');
    expect(stream.facts.outputBytes).toBe(15);
    const whole = lane.readAnswer(
      200,
      {},
      encodeText(
        JSON.stringify({
          type: 'message',
          id: 'm',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 's' },
            { type: 'text', text: 'Hi' },
          ],
          stop_reason: 'end_turn',
        }),
      ),
    );
    const body = 'render' in whole ? decodeText(whole.render(settle(whole))) : '';
    expect(body).toContain('"content":"Hi"');
    expect(body).not.toContain('Hm.');
  });

  test('end without a usage chunk that nobody asked for', () => {
    const chunks = receive(open('openai-chat', false), answer);
    expect(chunks.slice(0, -1).every((chunk) => isJsonObject(chunk) && objectsOf(chunk['choices']).length === 1)).toBe(
      true,
    );
  });

  test('have content from the first thought on, not before', () => {
    const stream = open('openai-chat');
    stream.push(encodeText(start + event({ type: 'ping' }) + block(0, { type: 'thinking', thinking: '' })));
    expect(stream.hasContent).toBe(false);
    stream.push(encodeText(delta(0, { type: 'thinking_delta', thinking: 'H' })));
    expect(stream.hasContent).toBe(true);
  });

  test('that break off are told as an error chunk and [DONE]', () => {
    const stream = open('openai-chat');
    receive(stream, start + block(0, { type: 'text', text: '' }) + delta(0, { type: 'text_delta', text: 'Ha' }));
    expect(stream).toMatchObject({ state: 'failed', failure: { kind: 'connection' } });
    const text = decodeText(stream.renderError(new GatewayError('upstream_error', 'It was cut.'), 'req_1', undefined));
    expect(text.endsWith('}]}\n\ndata: [DONE]\n\n')).toBe(true);
    expect(tryParseJson(text.slice('data: '.length).split('\n')[0] ?? '')).toMatchObject({
      id: 'msg_1',
      error: {
        code: 'upstream_error',
        message: 'It was cut.',
        metadata: { request_id: 'req_1', error_type: 'provider_unavailable' },
      },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    });
  });
});

describe('chat completions told to a client of messages', () => {
  const chunk = (json: object, finish: string | null = null): string =>
    event({ id: 'c1', created: 5, model: 'v', choices: [{ index: 0, delta: json, finish_reason: finish }] });
  const tool = (index: number, rest: object): object => ({ tool_calls: [{ index, ...rest }] });

  test('are blocks in order, each opened and closed once, with the usage at the end', () => {
    const sent =
      chunk({ role: 'assistant', content: '' }) +
      chunk({ reasoning_content: 'Hm.' }) +
      chunk({ content: 'A' }) +
      chunk({ content: 'B' }) +
      chunk(tool(0, { id: 'a', function: { name: 'f', arguments: '' } })) +
      chunk(tool(1, { id: 'b', function: { name: 'g', arguments: '{"y"' } })) +
      chunk(tool(0, { function: { arguments: '{}' } })) +
      chunk(tool(1, { function: { arguments: ':1}' } })) +
      chunk({}, 'tool_calls') +
      event({
        id: 'c1',
        choices: [],
        usage: { prompt_tokens: 30, completion_tokens: 8, prompt_tokens_details: { cached_tokens: 10 } },
      }) +
      'data: [DONE]\n\n';
    const stream = open('anthropic-messages');
    expect(receive(stream, sent)).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'c1',
          type: 'message',
          role: 'assistant',
          model: 'ours/m',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: 0,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
            cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
            output_tokens: 0,
          },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'A' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'B' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} } },
      { type: 'content_block_start', index: 3, content_block: { type: 'tool_use', id: 'b', name: 'g', input: {} } },
      { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '{"y"' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: ':1}' } },
      { type: 'content_block_stop', index: 2 },
      { type: 'content_block_stop', index: 3 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: expect.objectContaining({
          input_tokens: 20,
          cache_read_input_tokens: 10,
          output_tokens: 8,
          cost_nano_usd: '1234',
        }),
      },
      { type: 'message_stop' },
    ]);
  });

  test('an empty answer still has a beginning and an end', () => {
    const types = receive(open('anthropic-messages'), chunk({ role: 'assistant' }) + chunk({}, 'stop')).map((payload) =>
      isJsonObject(payload) ? payload['type'] : payload,
    );
    expect(types).toEqual(['message_start', 'message_delta', 'message_stop']);
  });

  test('a refusal is text with the reason refusal', () => {
    const payloads = receive(open('anthropic-messages'), chunk({ refusal: 'No.' }) + chunk({}, 'stop'));
    expect(payloads).toContainEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'No.' },
    });
    expect(payloads.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal' } });
  });

  test('sealed reasoning of this protocol comes back as it was signed, another’s is marked as such', () => {
    const details = (format: string): object => ({
      reasoning: 'Hm',
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 'c2ln', format }],
    });
    const signatureOf = (format: string): unknown =>
      receive(open('anthropic-messages'), chunk(details(format)) + chunk({}, 'stop'))
        .map((payload) => (isJsonObject(payload) ? objectOf(payload['delta'])['signature'] : undefined))
        .find((signature) => signature !== undefined);
    expect(signatureOf('anthropic-claude-v1')).toBe('c2ln');
    expect(signatureOf('unknown')).toBe('openai-chat:c2ln');
  });
});
