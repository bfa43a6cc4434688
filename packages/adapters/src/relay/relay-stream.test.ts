import { GatewayError } from '@turnpike/core/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { contextFor, settle } from '../conformance/play.ts';
import { concatBytes, decodeText, encodeText } from '../framing/bytes.ts';
import type { AnswerStream } from '../lane.ts';
import { openLane } from '../open-lane.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openaiCompatible } from '../providers/openai-compatible.ts';

function openChat(options: { sendsUsage?: boolean; n?: number } = {}): AnswerStream {
  const body = { model: 'ours/m', stream: true, n: options.n ?? 1, messages: [{ role: 'user', content: 'x' }] };
  return openLane(
    contextFor({
      clientProtocol: 'openai-chat',
      clientBody: JSON.stringify(body),
      provider: openaiCompatible,
      sendsUsage: options.sendsUsage ?? true,
    }),
  ).openStream();
}

function openMessages(): AnswerStream {
  const body = { model: 'ours/m', stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'x' }] };
  return openLane(
    contextFor({ clientProtocol: 'anthropic-messages', clientBody: JSON.stringify(body), provider: anthropic }),
  ).openStream();
}

/** What a client has received when the provider has sent this and closed; the end only for a complete stream. */
function receive(stream: AnswerStream, ...pieces: readonly (string | Uint8Array)[]): string {
  const parts: Uint8Array[] = [];
  for (const piece of pieces) {
    parts.push(stream.push(typeof piece === 'string' ? encodeText(piece) : piece) ?? new Uint8Array(0));
  }
  parts.push(stream.end() ?? new Uint8Array(0));
  if (stream.state === 'complete') {
    parts.push(stream.renderEnd(settle(stream.facts)));
  }
  return decodeText(concatBytes(parts));
}

const cost = '"cost":0.000001234,"cost_nano_usd":"1234","is_byok":false';
const chunk = (choices: string, rest = ''): string =>
  `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"vendor-m","choices":[${choices}]${rest}}\n\n`;
const delta = (json: string, finish = 'null'): string => `{"index":0,"delta":${json},"finish_reason":${finish}}`;
const role = chunk(delta('{"role":"assistant","content":""}'));
const text = chunk(delta('{"content":"H\\u00e9 \\"model\\":\\"x\\""}'));
const stop = chunk(delta('{}', '"stop"'));
const usage = '{"prompt_tokens": 5,"completion_tokens":2,"total_tokens":7}';
const done = 'data: [DONE]\n\n';
const ours = (frames: string): string => frames.replaceAll('vendor-m', 'ours/m');

describe('a stream of chat completions that is relayed', () => {
  test('keeps every byte but the model and the cost beside the last usage', () => {
    const sent = role + text + stop + chunk('', `,"usage":${usage}`) + done;
    const received = ours(role + text + stop + chunk('', `,"usage":${usage.slice(0, -1)},${cost}}`) + done);
    expect(receive(openChat(), sent)).toBe(received);
  });

  test('is passed on without a copy when nothing has to change', () => {
    const bytes = encodeText(ours(role + text));
    const passed = openChat().push(bytes);
    expect(passed?.buffer === bytes.buffer).toBe(true);
  });

  test('holds back the usage and the terminator until they are asked for', () => {
    const stream = openChat();
    const passed = stream.push(encodeText(role + text + stop + chunk('', `,"usage":${usage}`) + done));
    expect(decodeText(passed ?? new Uint8Array(0))).toBe(ours(role + text + stop));
    expect(stream.state).toBe('complete');
    expect(stream.facts).toMatchObject({
      usage: { inputTokens: 5, outputTokens: 2 },
      finishReason: 'stop',
      nativeFinishReason: 'stop',
    });
  });

  test('drops the usage chunk that nobody asked for', () => {
    const sent = role + text + stop + chunk('', `,"usage":${usage}`) + done;
    expect(receive(openChat({ sendsUsage: false }), sent)).toBe(ours(role + text + stop) + done);
  });

  test('never leaves usage on the chunk with the finish reason', () => {
    const together = chunk(delta('{}', '"stop"'), `,"usage":${usage}`);
    expect(receive(openChat(), role + text + together + done)).toBe(
      ours(role + text + chunk(delta('{}', '"stop"'), ',"usage":null')) +
        `data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"ours/m","choices":[],"usage":${usage.slice(0, -1)},${cost}}}\n\n` +
        done,
    );
  });

  test('adds the usage chunk where the provider sent none', () => {
    const received = receive(openChat(), role + text + stop + done);
    expect(received.startsWith(ours(role + text + stop))).toBe(true);
    expect(received).toContain(`"choices":[],"usage":{"prompt_tokens":0`);
    expect(received.endsWith(done)).toBe(true);
  });

  test('reads usage beside the choices, in a vendor’s own member, and leaves that alone', () => {
    const stream = openChat({ sendsUsage: false });
    const vendor = chunk(delta('{}', '"stop"'), `,"x_vendor":{"id":"r","usage":${usage}}`);
    expect(receive(stream, role + text + vendor + done)).toBe(ours(role + text + vendor) + done);
    expect(stream.facts.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
  });

  test('usage inside of a tool’s arguments is no report', () => {
    const stream = openChat();
    stream.push(
      encodeText(
        chunk(delta(`{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":{"usage":${usage}}}}]}`)),
      ),
    );
    expect(stream.facts.usage).toBeUndefined();
  });

  test.each([
    ['text', delta('{"content":"x"}')],
    ['reasoning', delta('{"reasoning":"x"}')],
    ['reasoning of another spelling', delta('{"reasoning_content":"x"}')],
    ['typed parts', delta('{"content":[{"type":"thinking","thinking":[{"type":"text","text":"x"}]}]}')],
    ['a refusal', delta('{"refusal":"x"}')],
    ['a tool call', delta('{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}}]}')],
    ['an older function call', delta('{"function_call":{"name":"f","arguments":""}}')],
    ['audio', delta('{"audio":{"id":"a"}}')],
  ])('counts %s as the first content', (_what, choice) => {
    const stream = openChat();
    stream.push(encodeText(role));
    expect(stream.hasContent).toBe(false);
    stream.push(encodeText(chunk(choice)));
    expect(stream.hasContent).toBe(true);
  });

  test.each([
    ['a role', role],
    ['an empty delta', chunk(delta('{"content":"","tool_calls":[],"reasoning":null,"refusal":null}'))],
    ['a comment', ': PROCESSING\n\n'],
    ['a keep-alive in a data line', 'data: : keepalive\n\n'],
    ['a chunk without choices', chunk('', ',"prompt_filter_results":[]')],
  ])('does not count %s as content', (_what, frame) => {
    const stream = openChat();
    stream.push(encodeText(frame));
    expect(stream.hasContent).toBe(false);
  });

  test('counts the bytes of what was produced, escapes resolved, each word once', () => {
    const stream = openChat();
    stream.push(encodeText(chunk(delta('{"content":"a\\n\\u00e9\\ud83c\\udf0d€"}'))));
    expect(stream.facts.outputBytes).toBe(1 + 1 + 2 + 4 + 3);
    stream.push(
      encodeText(chunk(delta('{"reasoning":"abc","reasoning_details":[{"type":"reasoning.text","text":"abc"}]}'))),
    );
    expect(stream.facts.outputBytes).toBe(14);
    stream.push(encodeText(chunk(delta('{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}'))));
    expect(stream.facts.outputBytes).toBe(16);
  });

  test('writes events anew that carry what clients trip over', () => {
    const sent = `\ufeff: hi\n\nid: 7\nevent: message\nretry: 3\n${ours(role)}data: {"choices":[${delta('{"content":"a"}')}],\ndata: "model":"vendor-m"}\n\ndata:\n\n${stop}${done}`;
    const received = receive(openChat({ sendsUsage: false }), sent);
    expect(received).toBe(
      `event: message\n${ours(role)}data: {"choices":[${delta('{"content":"a"}')}],\ndata: "model":"ours/m"}\n\n${ours(stop)}${done}`,
    );
  });

  test.each([
    ['[DONE]', role + text + done],
    ['a finish reason', role + text + stop],
    ['a finish reason without its last line end', (role + text + stop).trimEnd()],
    ['a chunk of usage alone', role + text + chunk('', `,"usage":${usage}`)],
  ])('is complete after %s', (_what, sent) => {
    const stream = openChat();
    receive(stream, sent);
    expect(stream.state).toBe('complete');
  });

  test('is complete only when every alternative has ended', () => {
    const second = chunk('{"index":1,"delta":{"content":"y"},"finish_reason":null}');
    const stream = openChat({ n: 2 });
    receive(stream, text + second + stop);
    expect(stream.state).toBe('failed');
    const whole = openChat({ n: 2 });
    receive(whole, text + second + stop + chunk('{"index":1,"delta":{},"finish_reason":"stop"}'));
    expect(whole.state).toBe('complete');
  });

  test('is never a short success, wherever it is cut', () => {
    const sent = encodeText(role + text + stop);
    const whole = receive(openChat({ sendsUsage: false }), sent);
    for (let end = 0; end < sent.length; end++) {
      const stream = openChat({ sendsUsage: false });
      const received = receive(stream, sent.subarray(0, end));
      expect(stream.state === 'failed' || received === whole, `cut at ${end}`).toBe(true);
      if (stream.state === 'failed') {
        expect(['connection', 'malformed']).toContain(stream.failure?.kind);
      }
    }
  });

  test('a failure in the stream ends it, told in the client’s protocol', () => {
    const stream = openChat();
    const passed = receive(
      stream,
      role + text,
      'event: error\ndata: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n',
      text,
    );
    expect(passed).toBe(ours(role + text));
    expect(stream).toMatchObject({ state: 'failed', failure: { kind: 'overloaded', message: 'Overloaded' } });
    const error = new GatewayError('overloaded', 'The provider is overloaded. Retry.');
    const [frame = '', end] = decodeText(stream.renderError(error, 'req_1', settle(stream.facts))).split('\n\n');
    expect(`${end}\n\n`).toBe(done);
    expect(JSON.parse(frame.slice('data: '.length))).toEqual({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'ours/m',
      error: {
        message: 'The provider is overloaded. Retry.',
        type: 'server_error',
        code: 'overloaded',
        param: null,
        metadata: {
          error_type: 'provider_overloaded',
          request_id: 'req_1',
          retryable: true,
          partial_usage: expect.objectContaining({ prompt_tokens: 0, cost_nano_usd: '1234' }),
        },
      },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    });
  });

  test('one broken event without content is skipped, one with content is a failure', () => {
    const skipped = openChat({ sendsUsage: false });
    expect(receive(skipped, role + text + 'data: ping pong\n\n' + stop + done)).toBe(ours(role + text + stop) + done);
    const broken = openChat();
    receive(broken, role + text + 'data: {"choices":[{"delta":{"content":"lo\n\n' + stop + done);
    expect(broken).toMatchObject({ state: 'failed', failure: { kind: 'malformed' } });
    const cutEarly = openChat();
    receive(cutEarly, role + 'data: {"id":"c1","object":"chat.comp\n\n' + text + stop + done);
    expect(cutEarly).toMatchObject({ state: 'failed', hasContent: false });
    const many = openChat();
    receive(many, 'data: ping\n\n'.repeat(20) + text + stop + done);
    expect(many.state).toBe('failed');
  });

  test('a provider that answers with a whole body is streamed all the same', () => {
    const body = `{"id":"c1","model":"vendor-m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":${usage}}`;
    const stream = openChat();
    const received = receive(stream, body.slice(0, 30), body.slice(30));
    expect(stream).toMatchObject({ state: 'complete', hasContent: true, facts: { usage: { inputTokens: 5 } } });
    expect(received).toContain('"content":"Hi"');
    expect(received).toContain(`"prompt_tokens":5`);
    expect(received.endsWith(done)).toBe(true);
  });

  test.each([
    ['an error body', '{"error":{"message":"The model is overloaded","type":"server_error"}}', 'overloaded'],
    ['a web page', '<!doctype html><html><head><title>Bad gateway</title>', 'malformed'],
    ['half a body', '{"id":"c1","choices":[', 'malformed'],
    ['nothing', '', 'connection'],
  ])('%s in place of a stream is a failure before any content', (_what, body, kind) => {
    const stream = openChat();
    expect(receive(stream, body)).toBe('');
    expect(stream).toMatchObject({ state: 'failed', hasContent: false, failure: { kind } });
  });

  test('a line without an end does not fill memory', () => {
    const stream = openChat();
    const piece = new Uint8Array(1024 * 1024).fill(0x61);
    for (let count = 0; count < 20 && stream.state === 'open'; count++) {
      stream.push(piece);
    }
    expect(stream).toMatchObject({ state: 'failed', failure: { kind: 'malformed' } });
  });

  test('any chunking gives the same bytes, with any line ends', () => {
    const sent = `: hi\n\n${role}${text}${stop}${chunk('', `,"usage":${usage}`)}${done}`;
    fc.assert(
      fc.property(
        fc.array(fc.nat(2_000), { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        (offsets, lineEnd) => {
          const bytes = encodeText(sent.replaceAll('\n', lineEnd));
          const cuts = [...new Set([0, ...offsets.map((offset) => offset % bytes.length), bytes.length])].sort(
            (a, b) => a - b,
          );
          const pieces = cuts.slice(1).map((end, index) => bytes.subarray(cuts[index] ?? 0, end));
          expect(receive(openChat(), ...pieces)).toBe(receive(openChat(), bytes));
        },
      ),
    );
  });
});

describe('a stream of messages that is relayed', () => {
  const event = (type: string, rest = ''): string => `event: ${type}\ndata: {"type":"${type}"${rest}}\n\n`;
  const start = event(
    'message_start',
    ',"message":{"id":"msg_1","model":"vendor-m","usage":{"input_tokens":9,"cache_read_input_tokens":4,"output_tokens":1}}',
  );
  const body =
    event('content_block_start', ',"index":0,"content_block":{"type":"text","text":""}') +
    event('ping') +
    event('content_block_delta', ',"index":0,"delta":{"type":"text_delta","text":"H\\u00e9"}}   '.slice(0, -4)) +
    event('content_block_stop', ',"index":0');
  const end = (usageRest: string): string =>
    event(
      'message_delta',
      `,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2${usageRest}}`,
    ) + event('message_stop');

  test('keeps every byte but the model and the cost beside the usage, and holds back the end', () => {
    const stream = openMessages();
    const passed = stream.push(encodeText(start + body + end('')));
    expect(decodeText(passed ?? new Uint8Array(0))).toBe(ours(start + body));
    expect(stream.state).toBe('complete');
    expect(stream.facts).toMatchObject({
      usage: { inputTokens: 9, cacheReadTokens: 4, outputTokens: 2 },
      finishReason: 'stop',
      nativeFinishReason: 'end_turn',
      outputBytes: 3,
    });
    expect(decodeText(stream.renderEnd(settle(stream.facts)))).toBe(end(`,${cost}`));
  });

  test('only content counts as the first content', () => {
    const stream = openMessages();
    stream.push(
      encodeText(
        start + event('ping') + event('content_block_start', ',"index":0,"content_block":{"type":"text","text":""}'),
      ),
    );
    expect(stream.hasContent).toBe(false);
    stream.push(
      encodeText(
        event('content_block_start', ',"index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}'),
      ),
    );
    expect(stream.hasContent).toBe(true);
  });

  test('gets a usage object where the provider sent none', () => {
    const stream = openMessages();
    const received = receive(
      stream,
      body + event('message_delta', ',"delta":{"stop_reason":"end_turn"}') + event('message_stop'),
    );
    expect(received).toContain('"usage":{"input_tokens":0');
    expect(received).toContain('"cost_nano_usd":"1234"');
  });

  test('a stop reason is enough of an end, a bare close is none', () => {
    const complete = openMessages();
    const received = receive(complete, start + body + end('').split('event: message_stop')[0]);
    expect(complete.state).toBe('complete');
    expect(received.endsWith('event: message_stop\ndata: {"type":"message_stop"}\n\n')).toBe(true);
    const cut = openMessages();
    receive(cut, start + body);
    expect(cut).toMatchObject({ state: 'failed', failure: { kind: 'connection' } });
  });

  test('an error event is a failure with its own kind', () => {
    const stream = openMessages();
    receive(stream, start + body + event('error', ',"error":{"type":"overloaded_error","message":"Overloaded"}'));
    expect(stream.failure).toMatchObject({
      kind: 'overloaded',
      providerCode: 'overloaded_error',
      message: 'Overloaded',
    });
    expect(decodeText(stream.renderError(new GatewayError('overloaded', 'Busy.'), 'req_1', undefined))).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy."},"request_id":"req_1"}\n\n',
    );
  });

  test('stays open on a real ping', () => {
    expect(decodeText(openMessages().keepAlive)).toBe('event: ping\ndata: {"type":"ping"}\n\n');
    expect(decodeText(openChat().keepAlive)).toBe(': keep-alive\n');
  });
});
