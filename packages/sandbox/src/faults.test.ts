import { connect } from 'node:net';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox } from './server.ts';
import type { Sandbox } from './server.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

interface Received {
  readonly text: string;
  readonly packets: readonly { readonly atMs: number; readonly size: number }[];
  readonly ending: 'end' | 'reset' | 'timeout';
  readonly ms: number;
}

/** What a plain socket sees of a call, byte by byte, until the server ends it or the patience does. */
function talk(
  directives: string,
  { isStream = true, path = '/v1/chat/completions', patienceMs = 2_000, maxTokens = 4096 } = {},
): Promise<Received> {
  const body = JSON.stringify({
    model: 'sandbox-chat',
    max_tokens: maxTokens,
    stream: isStream,
    messages: [{ role: 'user', content: `Hi [sandbox: ${directives}]` }],
  });
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: sandbox',
    'authorization: Bearer k',
    'anthropic-version: 2023-06-01',
    'connection: close',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return new Promise((resolve) => {
    const started = performance.now();
    const packets: { atMs: number; size: number }[] = [];
    let text = '';
    const socket = connect(sandbox.port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`));
    const done = (ending: Received['ending']) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, packets, ending, ms: performance.now() - started });
    };
    const timer = setTimeout(() => done('timeout'), patienceMs);
    socket.on('data', (data) => {
      packets.push({ atMs: performance.now() - started, size: data.length });
      text += data.toString('latin1');
    });
    socket.on('end', () => done('end'));
    socket.on('error', () => done('reset'));
  });
}

/** The body of an answer in chunked transfer coding. */
function unchunked(text: string): string {
  let rest = text.slice(text.indexOf('\r\n\r\n') + 4);
  let body = '';
  for (;;) {
    const end = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (end < 0 || !(size > 0)) return body;
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 4 + size);
  }
}

async function all<Item>(stream: AsyncIterable<Item>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const contents = ({ text }: Received) => text.match(/"delta":\{"content":"[^"]/g)?.length ?? 0;
const isComplete = ({ text }: Received) => text.endsWith('\r\n0\r\n\r\n') || text.endsWith('0\r\n\r\n');

describe('a stream', () => {
  test('arrives whole without directives that say otherwise', async () => {
    const received = await talk('tokens=6');
    expect(contents(received)).toBe(6);
    expect(received.text).toContain('data: [DONE]');
    expect(isComplete(received)).toBe(true);
  });

  test('arrives whole when it is larger than what a socket buffers', async () => {
    const received = await talk('tokens=400000 chunks=400 gap=0', { maxTokens: 400_000, patienceMs: 4_000 });
    expect(received.ending).toBe('end');
    expect(contents(received)).toBe(400);
    expect(isComplete(received)).toBe(true);
  });

  test.each([0, 1, 3, 6])('cut=%i drops the connection after so many chunks, without an end', async (count) => {
    const received = await talk(`tokens=6 cut=${count}`);
    expect(contents(received)).toBe(count);
    expect(received.text).toContain('"role":"assistant"');
    expect(received.text).not.toContain('"finish_reason":"stop"');
    expect(isComplete(received)).toBe(false);
    expect(received.ending).not.toBe('timeout');
  });

  test('eof=n ends cleanly without a word that it ended', async () => {
    const received = await talk('tokens=6 eof=2');
    expect(contents(received)).toBe(2);
    expect(isComplete(received)).toBe(true);
    expect(received.text).not.toContain('[DONE]');
    expect(received.text).not.toContain('"finish_reason":"stop"');
  });

  test('no-done gives a finish reason and no terminator', async () => {
    const received = await talk('tokens=2 no-done');
    expect(received.text).toContain('"finish_reason":"stop"');
    expect(received.text).not.toContain('[DONE]');
    const messages = await talk('tokens=2 no-done', { path: '/v1/messages' });
    expect(messages.text).toContain('message_delta');
    expect(messages.text).not.toContain('message_stop');
  });

  test('stall=n:ms falls silent in the middle and then goes on', async () => {
    const received = await talk('tokens=4 stall=2:300');
    expect(contents(received)).toBe(4);
    const gaps = received.packets.map(
      (packet, index) => packet.atMs - (received.packets[index - 1]?.atMs ?? packet.atMs),
    );
    expect(Math.max(...gaps)).toBeGreaterThan(250);
  });

  test('malformed breaks the first chunk, garbage adds an event that is no JSON', async () => {
    const events = (text: string) =>
      text
        .match(/^data: .*$/gm)
        ?.map((line) => line.slice(6))
        .filter((line) => line !== '[DONE]') ?? [];
    const isJson = (line: string) => {
      try {
        JSON.parse(line);
        return true;
      } catch {
        return false;
      }
    };
    const broken = events((await talk('tokens=3 malformed')).text);
    expect(broken.map(isJson)).toEqual([true, false, true, true, true]);
    const garbage = events((await talk('tokens=3 garbage=2')).text);
    expect(garbage.map(isJson)).toEqual([true, true, true, false, true, true]);
  });

  test('stream-error=n ends with an error event in the shape of the vendor', async () => {
    const received = await talk('tokens=6 stream-error=2');
    expect(contents(received)).toBe(2);
    expect(received.text).toMatch(/data: \{"error":\{"message":"[^"]+","type":"server_error"/);
    expect(received.text).not.toContain('[DONE]');
    const messages = await talk('tokens=6 stream-error=2', { path: '/v1/messages' });
    expect(messages.text).toMatch(/event: error\ndata: \{"type":"error","error":\{"type":"overloaded_error"/);
    const client = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: 'k', maxRetries: 0 });
    const stream = await client.chat.completions.create({
      model: 'sandbox-chat',
      stream: true,
      messages: [{ role: 'user', content: '[sandbox: stream-error=1]' }],
    });
    await expect(all(stream)).rejects.toThrow(OpenAI.APIError);
  });

  test('empty has headers and no event', async () => {
    const received = await talk('empty');
    expect(received.text).toContain('text/event-stream');
    expect(received.text).not.toContain('data:');
    expect(isComplete(received)).toBe(true);
  });

  test('drip sends byte by byte and loses none', async () => {
    const dripped = await talk('tokens=2 drip');
    expect(dripped.packets.length).toBeGreaterThan(100);
    const plain = await talk('tokens=2 gap=1');
    const json = ({ text }: Received) => unchunked(text).match(/"content":"[^"]*"/g);
    expect(json(dripped)).toEqual(json(plain));
    expect(json(plain)).toHaveLength(3);
  });

  test('comments and crlf change the framing and nothing else', async () => {
    const client = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: 'k' });
    const text = async (directives: string) => {
      const content = `[sandbox: say="same words" ${directives}]`;
      const body = { model: 'sandbox-chat', stream: true, messages: [{ role: 'user', content }] } as const;
      const stream = await client.chat.completions.create({ ...body, messages: [...body.messages] });
      const chunks = await all(stream);
      return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    };
    expect(await text('crlf')).toBe('same words');
    expect((await talk('tokens=2 crlf')).text).toContain('data: [DONE]\r\n\r\n');
    expect((await talk('tokens=2 comments')).text).toContain(': keep-alive\n\n');
  });
});

describe('timing', () => {
  test('latency delays the first byte of a whole answer', async () => {
    const received = await talk('latency=200', { isStream: false });
    expect(received.packets[0]?.atMs).toBeGreaterThan(190);
  });

  test('ttft sends the head at once and the first chunk later, gap spaces the rest', async () => {
    const received = await talk('tokens=4 ttft=400 gap=50');
    const [head, next] = received.packets;
    expect((next?.atMs ?? 0) - (head?.atMs ?? 0)).toBeGreaterThan(200);
    expect(received.ms).toBeGreaterThan(530);
  });

  test('tps paces by tokens, hidden reasoning included', async () => {
    expect((await talk('tokens=10 tps=50')).ms).toBeGreaterThan(180);
    expect((await talk('tokens=1 reasoning=20 tps=100')).ms).toBeGreaterThan(200);
    expect((await talk('tokens=20 tps=100', { isStream: false })).ms).toBeGreaterThan(190);
  });

  test('chunks=n spreads the tokens over n chunks', async () => {
    expect(contents(await talk('tokens=20 chunks=5'))).toBe(5);
    expect(contents(await talk('chunks=7'))).toBe(7);
  });
});

describe('a whole answer', () => {
  const whole = { isStream: false };
  const bodyOf = ({ text }: Received) => text.slice(text.indexOf('\r\n\r\n') + 4);

  test('malformed is no JSON, with the length it announces', async () => {
    const received = await talk('malformed', whole);
    expect(received.text).toMatch(/^HTTP\/1\.1 200/);
    expect(() => JSON.parse(bodyOf(received))).toThrow(SyntaxError);
    expect(Number(/content-length: (\d+)/i.exec(received.text)?.[1])).toBe(bodyOf(received).length);
  });

  test('cut=5 drops the connection after half of the body', async () => {
    const received = await talk('tokens=40 cut=5', whole);
    const announced = Number(/content-length: (\d+)/i.exec(received.text)?.[1]);
    expect(Math.abs(bodyOf(received).length - announced / 2)).toBeLessThan(announced / 10);
  });

  test('html says text/html under 200, and under the status asked for', async () => {
    const received = await talk('html', whole);
    expect(received.text).toMatch(/^HTTP\/1\.1 200[^]*content-type: text\/html/);
    expect(bodyOf(received)).toMatch(/^<!doctype html>/);
    expect((await talk('html status=502', whole)).text).toMatch(/^HTTP\/1\.1 502[^]*text\/html/);
    expect((await talk('html')).text).toMatch(/^HTTP\/1\.1 200[^]*content-type: text\/html/);
  });

  test('error-body is an error under 200', async () => {
    const received = await talk('error-body', whole);
    expect(received.text).toMatch(/^HTTP\/1\.1 200/);
    expect(JSON.parse(bodyOf(received))).toHaveProperty('error.message');
  });

  test('empty is nothing under 200', async () => {
    expect(bodyOf(await talk('empty', whole))).toBe('');
  });

  test('huge-header is past what clients take', async () => {
    const received = await talk('huge-header=80', whole);
    expect(received.text.indexOf('\r\n\r\n')).toBeGreaterThan(80 * 1024);
    const outcome = fetch(`${sandbox.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: JSON.stringify({ model: 'm--huge-header', messages: [{ role: 'user', content: 'x' }] }),
    });
    await expect(outcome).rejects.toThrow('fetch failed');
  });

  test('hang gives headers and nothing after, or nothing at all', async () => {
    const after = await talk('hang', { ...whole, patienceMs: 300 });
    expect(after.ending).toBe('timeout');
    expect(after.text).toMatch(/^HTTP\/1\.1 200/);
    expect(bodyOf(after)).toBe('');
    const before = await talk('hang=before', { ...whole, patienceMs: 300 });
    expect(before).toMatchObject({ ending: 'timeout', text: '' });
  });

  test('reset breaks the connection before a byte', async () => {
    expect(await talk('reset', whole)).toMatchObject({ ending: 'reset', text: '' });
  });
});

test('a directive that nobody knows is refused by name', async () => {
  const received = await talk('statuss=500', { isStream: false });
  expect(received.text).toMatch(/^HTTP\/1\.1 400/);
  expect(received.text).toContain("Sandbox directive 'statuss'");
});

test('a thousand paced streams at once are all complete', { timeout: 30_000 }, async () => {
  const streams = Array.from({ length: 1_000 }, () => talk('tokens=8 gap=100', { patienceMs: 20_000 }));
  const received = await Promise.all(streams);
  expect(received.filter((one) => contents(one) === 8 && isComplete(one))).toHaveLength(1_000);
});
