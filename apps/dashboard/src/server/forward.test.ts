import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { afterEach, expect, it } from 'vitest';
import { forward, forwardedHeaders, onlyHeaders } from './forward.ts';

const logger = createSilentLogger();
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Somebody behind the dashboard; gives its origin. */
async function upstream(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The server has no port.');
  }
  return `http://127.0.0.1:${address.port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) {
    text += String(piece);
  }
  return text;
}

function streaming(pieces: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) {
        controller.enqueue(new TextEncoder().encode(piece));
      }
      controller.close();
    },
  });
}

it('passes method, path, query, body and cookies on, and every cookie back', async () => {
  const origin = await upstream((request, response) => {
    void bodyOf(request).then((body) => {
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1; HttpOnly', 'b=2'] });
      response.end(JSON.stringify({ seen: [request.method, request.url, body, request.headers.cookie] }));
    });
  });
  const withBody = { body: streaming(['hel', 'lo']), duplex: 'half' };
  const request = new Request('http://dashboard.example/api/auth/login?x=%2F', {
    method: 'POST',
    headers: { cookie: 'session=s', 'content-type': 'text/plain' },
    ...withBody,
  });
  const response = await forward(request, { origin, headers: forwardedHeaders(request), logger });
  expect([response.status, await response.json()]).toEqual([
    201,
    { seen: ['POST', '/api/auth/login?x=%2F', 'hello', 'session=s'] },
  ]);
  expect(response.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2']);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

it('hands a stream on piece by piece, before it ends', async () => {
  let finish: () => void = () => undefined;
  const origin = await upstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: one\n\n');
    finish = () => response.end('data: two\n\n');
  });
  const request = new Request('http://dashboard.example/api/live');
  const response = await forward(request, { origin, headers: forwardedHeaders(request), logger });
  const reader = response.body?.getReader();
  const first = await reader?.read();
  expect(new TextDecoder().decode(first?.value)).toBe('data: one\n\n');
  finish();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: two\n\n');
});

it('ends the request behind it when the client leaves', async () => {
  const gone = Promise.withResolvers<string>();
  const origin = await upstream((request, response) => {
    response.writeHead(200);
    response.write('x');
    response.on('close', () => gone.resolve('closed'));
    request.resume();
  });
  const leaving = new AbortController();
  const request = new Request('http://dashboard.example/v1/chat/completions', { signal: leaving.signal });
  const response = await forward(request, { origin, headers: onlyHeaders(request, []), logger });
  const reading = response.text();
  leaving.abort();
  await expect(reading).rejects.toThrow(/abort/i);
  expect(await gone.promise).toBe('closed');
});

it('leaves out what belongs to one connection, what the client names in Connection, and what only Next may say', async () => {
  const origin = await upstream((request, response) => {
    response.end(JSON.stringify(request.headers));
  });
  const given = {
    url: 'http://dashboard.example/api/x',
    method: 'GET',
    body: null,
    signal: new AbortController().signal,
    headers: new Headers({
      connection: 'keep-alive, x-secret-hop',
      'x-secret-hop': '1',
      'x-middleware-subrequest': 'proxy',
      te: 'trailers',
      host: 'dashboard.example',
      'x-forwarded-for': '203.0.113.7',
      'x-csrf-token': 't',
    }),
  };
  const response = await forward(given, { origin, headers: forwardedHeaders(given), logger });
  const seen: Record<string, string> = await response.json();
  expect(seen).toMatchObject({
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-host': 'dashboard.example',
    'x-csrf-token': 't',
  });
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['x-secret-hop']));
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['x-middleware-subrequest']));
  expect(seen['te']).toBeUndefined();
});

it('sends the gateway nothing but the named headers: no cookie of the dashboard', () => {
  const request = new Request('http://dashboard.example/v1/chat/completions', {
    headers: { cookie: 'session=s', authorization: 'Bearer k' },
  });
  expect(Object.fromEntries(onlyHeaders(request, ['authorization', 'accept']))).toEqual({
    'accept-encoding': 'identity',
    authorization: 'Bearer k',
  });
});

it('answers 503 in the shape of the API when nobody answers, and names no inner address', async () => {
  const origin = await upstream(() => undefined);
  for (const server of servers.splice(0)) {
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
  const request = new Request('http://dashboard.example/api/auth/me');
  const response = await forward(request, { origin, headers: forwardedHeaders(request), logger });
  const text = await response.text();
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'service_unavailable' } });
  expect(text).not.toContain('127.0.0.1');
});
