import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startGatewayFixture, type GatewayFixture } from '../testing/gateway-fixture.ts';
import { readJson, type ErrorAnswer } from '../testing/read-json.ts';

let gateway: GatewayFixture;
let secret: string;

beforeAll(async () => {
  gateway = await startGatewayFixture();
  ({ secret } = await (await gateway.createTenant()).createKey());
});
afterAll(() => gateway.stop());

const good = { model: 'acme/solo', messages: [{ role: 'user', content: 'Hello' }] };
const goodText = JSON.stringify(good);

const send = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
    body,
  });

/** Speaks bytes, because no client library would send these. */
function speak(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setTimeout(5_000, () => socket.destroy(new Error(`No answer; got ${JSON.stringify(answer)}`)));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (/\r\n\r\n[^]*\}$/.test(answer)) socket.end();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

function deep(levels: number): string {
  return `{"model":"acme/solo","messages":[{"role":"user","content":"x"}],"metadata":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
}

describe('a malformed body', () => {
  const bodies: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['not JSON', '{"model": "acme/solo", '],
    ['a list', '[]'],
    ['a text', '"hello"'],
    ['null', 'null'],
    ['no model', JSON.stringify({ messages: good.messages })],
    ['a model that is a number', JSON.stringify({ ...good, model: 5 })],
    ['a model that is an object', JSON.stringify({ ...good, model: { contains: '' } })],
    ['no messages', JSON.stringify({ model: 'acme/solo' })],
    ['empty messages', JSON.stringify({ ...good, messages: [] })],
    ['messages that are a text', JSON.stringify({ ...good, messages: 'Hello' })],
    ['an unknown role', JSON.stringify({ ...good, messages: [{ role: 'wizard', content: 'x' }] })],
    ['content that is a number', JSON.stringify({ ...good, messages: [{ role: 'user', content: 5 }] })],
    ['max_tokens 0', JSON.stringify({ ...good, max_tokens: 0 })],
    ['max_tokens below zero', JSON.stringify({ ...good, max_tokens: -1 })],
    ['max_tokens with a fraction', JSON.stringify({ ...good, max_tokens: 1.5 })],
    ['max_tokens beyond every model', JSON.stringify({ ...good, max_tokens: 1e15 })],
    ['max_tokens that is a text', JSON.stringify({ ...good, max_tokens: '5' })],
    ['stream that is a text', JSON.stringify({ ...good, stream: 'yes' })],
    ['tools that are an object', JSON.stringify({ ...good, tools: {} })],
    ['n of a thousand million', JSON.stringify({ ...good, n: 1e9 })],
    ['a repeated key', `{"model":"acme/solo","model":"acme/duo","messages":${JSON.stringify(good.messages)}}`],
    ['a depth of 65', deep(64)],
    ['a depth of a hundred thousand', deep(100_000)],
    ['a lone surrogate', '{"model":"acme/solo","messages":[{"role":"user","content":"\\ud800"}]}'],
    ['1e400 for a number', `{"model":"acme/solo","messages":${JSON.stringify(good.messages)},"max_tokens":1e400}`],
  ];

  it.each(bodies)('of the kind "%s" gets a 400 in the documented shape', async (_kind, body) => {
    const response = await send('/v1/chat/completions', body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { error } = await readJson<ErrorAnswer>(response);
    expect(error).toMatchObject({
      type: 'invalid_request_error',
      code: 'invalid_request',
      message: expect.any(String),
      metadata: { request_id: expect.stringMatching(/^req_/) },
    });
    expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts:|SyntaxError/);
  });

  it('in bytes that are no UTF-8 is refused too', async () => {
    const bytes = new Uint8Array(
      [...Buffer.from('{"model":"acme/solo","messages":[{"role":"user","content":"')].concat(
        [0xff, 0xfe],
        [...Buffer.from('"}]}')],
      ),
    );
    expect((await send('/v1/chat/completions', bytes)).status).toBe(400);
  });

  it('gets Anthropic’s shape on Anthropic’s path', async () => {
    const response = await send('/v1/messages', '{');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.any(String) },
      request_id: expect.stringMatching(/^req_/),
    });
  });

  it('never pollutes a prototype', async () => {
    const body =
      '{"model":"acme/solo","messages":[{"role":"user","content":"hi"}],"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const response = await send('/v1/chat/completions', body);
    expect(response.status).toBeLessThan(500);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('of more than 20 MB is a 413 and not read to its end', async () => {
    const response = await send('/v1/chat/completions', `{"model":"${'x'.repeat(21 * 1024 * 1024)}"}`);
    expect(response.status).toBe(413);
    expect((await readJson<ErrorAnswer>(response)).error.code).toBe('payload_too_large');
  });

  it('that is compressed is a 415', async () => {
    expect((await send('/v1/chat/completions', goodText, { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('may carry fields that we do not know', async () => {
    expect((await send('/v1/chat/completions', JSON.stringify({ ...good, some_new_field: { a: 1 } }))).status).toBe(
      200,
    );
  });

  it('is read whatever its content type says', async () => {
    expect((await send('/v1/chat/completions', goodText, { 'content-type': 'text/plain' })).status).toBe(200);
  });
});

describe('a path or method that does not exist', () => {
  it.each([
    ['GET', '/v1/chat/completions', 405],
    ['DELETE', '/v1/messages', 405],
    ['POST', '/v1/models', 405],
    ['POST', '/v1/nothing', 404],
    ['GET', '/v1/', 404],
    ['POST', '/v1//chat/completions', 404],
    ['POST', '/v1/chat/completions/', 404],
    ['POST', '/v1/%63hat/completionz', 404],
    ['GET', '/v1/models/%E0%A4%A', 400],
    ['GET', '/v1/generations/gen_x', 404],
    ['GET', `/v1/models/${'x'.repeat(5_000)}`, 404],
  ])('%s %s answers JSON with %i', async (method, path, status) => {
    const response = await fetch(`${gateway.url}${path}`, { method, headers: { authorization: `Bearer ${secret}` } });
    expect(response.status).toBe(status);
    const { error } = await readJson<ErrorAnswer>(response);
    expect(path.startsWith('/v1/messages') ? error.type : error.code).toMatch(/^[a-z_]+$/);
  });
});

describe('what is hardly HTTP', () => {
  const head = () => `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${secret}\r\n`;

  it.each([
    [
      'two credentials',
      () => `${head()}authorization: Bearer other\r\ncontent-length: ${goodText.length}\r\n\r\n${goodText}`,
    ],
    ['two lengths', () => `${head()}content-length: 5\r\ncontent-length: 6\r\n\r\n${goodText}`],
    ['a length and chunks', () => `${head()}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['no host', () => `POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 0\r\n\r\n`],
    ['a space before the colon', () => `${head()}x-a : b\r\ncontent-length: 0\r\n\r\n`],
    ['no HTTP', () => 'HELO gateway\r\n\r\n'],
    ['headers of 20 KB', () => `${head()}x-long: ${'a'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`],
    [
      'a credential of another alphabet',
      () =>
        `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \xe9\xff\r\ncontent-length: ${goodText.length}\r\n\r\n${goodText}`,
    ],
  ])('with %s gets a 4xx in JSON', async (_kind, bytes) => {
    const answer = await speak(bytes());
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    const body: unknown = JSON.parse(answer.slice(answer.indexOf('{')));
    expect(body).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  });
});

it('serves the next caller as if nothing had happened', async () => {
  expect((await send('/v1/chat/completions', goodText)).status).toBe(200);
});
