import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ForbiddenAddressError, type ResolveHost } from './guarded-connector.ts';
import { maxResponseHeaderBytes, UpstreamAgent } from './upstream-agent.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ port: number; server: Server; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, server, requests };
}

function createAgent(options: ConstructorParameters<typeof UpstreamAgent>[0]): UpstreamAgent {
  const agent = new UpstreamAgent(options);
  cleanups.push(() => agent.destroy());
  return agent;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function call(agent: UpstreamAgent, origin: string, path = '/'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let status = 0;
  const chunks: Buffer[] = [];
  agent.dispatch(
    { origin, path, method: 'GET', headers: ['x-test', '1'] },
    {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        resolve({ status, body: Buffer.concat(chunks).toString() });
      },
      onResponseError(_controller, error) {
        reject(error);
      },
    },
  );
  return promise;
}

const resolveTo =
  (...addresses: string[]): ResolveHost =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('UpstreamAgent', () => {
  test('asks for uncompressed answers and keeps the connection for the next request', async () => {
    const { port, requests } = await serve((_request, response) => response.end('ok'));
    const agent = createAgent({ allowsPrivate: true });
    const origin = `http://127.0.0.1:${port}`;
    expect(await call(agent, origin)).toStrictEqual({ status: 200, body: 'ok' });
    // The connection is free again in the turn after its answer ended.
    await nextTurn();
    expect(await call(agent, origin)).toStrictEqual({ status: 200, body: 'ok' });
    expect(requests.map(({ headers }) => [headers['accept-encoding'], headers['x-test']])).toStrictEqual([
      ['identity', '1'],
      ['identity', '1'],
    ]);
    expect(requests[0]?.socket.remotePort).toBe(requests[1]?.socket.remotePort);
  });

  test('hands a redirect to the caller instead of following it', async () => {
    const { port, requests } = await serve((_request, response) => {
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });
    expect(await call(createAgent({ allowsPrivate: true }), `http://127.0.0.1:${port}`)).toMatchObject({ status: 302 });
    expect(requests).toHaveLength(1);
  });

  test('carries 1,200 answers at the same time, each on its own connection, with none waiting', async () => {
    const waiting: ServerResponse[] = [];
    const { port } = await serve((_request, response) => {
      response.write('a');
      waiting.push(response);
      if (waiting.length === 1200) {
        for (const each of waiting) {
          each.end('b');
        }
      }
    });
    const agent = createAgent({ allowsPrivate: true });
    const origin = `http://127.0.0.1:${port}`;
    const calls = Array.from({ length: 1200 }, () => call(agent, origin));
    expect(agent.figures().queued).toBe(0);
    const answers = await Promise.all(calls);
    expect(answers.every(({ body }) => body === 'ab')).toBe(true);
  });

  test.each(['127.0.0.1', '2130706433', '0x7f.1', '0', '[::ffff:127.0.0.1]', '[::1]'])(
    'does not connect to the forbidden literal %s',
    async (host) => {
      const { port, requests } = await serve((_request, response) => response.end());
      const { origin } = new URL(`http://${host}:${port}`);
      await expect(call(createAgent({ allowsPrivate: false }), origin)).rejects.toThrow(ForbiddenAddressError);
      expect(requests).toHaveLength(0);
    },
  );

  test.each([[['127.0.0.1']], [['1.1.1.1', '127.0.0.1']], [['::1', '2606:4700::1']], [['169.254.169.254']]])(
    'does not connect to a name that resolves to %j',
    async (addresses) => {
      const { port, requests } = await serve((_request, response) => response.end());
      const agent = createAgent({ allowsPrivate: false, resolve: resolveTo(...addresses) });
      await expect(call(agent, `http://models.example.com:${port}`)).rejects.toThrow(ForbiddenAddressError);
      expect(requests).toHaveLength(0);
    },
  );

  test('connects to a name that resolves to an allowed address', async () => {
    const { port } = await serve((_request, response) => response.end('ok'));
    const agent = createAgent({ allowsPrivate: true, resolve: resolveTo('127.0.0.1') });
    expect(await call(agent, `http://models.example.com:${port}`)).toMatchObject({ body: 'ok' });
  });

  test('refuses metadata addresses even where private upstreams are allowed', async () => {
    const agent = createAgent({ allowsPrivate: true, resolve: resolveTo('169.254.169.254') });
    await expect(call(agent, 'http://models.example.com')).rejects.toThrow(ForbiddenAddressError);
  });

  test('says that a host has no address', async () => {
    const agent = createAgent({ allowsPrivate: true, resolve: resolveTo() });
    await expect(call(agent, 'http://models.example.com')).rejects.toThrow('no address');
  });

  test('gives up on endless response headers', async () => {
    const { port } = await serve((_request, response) => {
      response.setHeader('x-long', 'h'.repeat(maxResponseHeaderBytes));
      response.end();
    });
    await expect(call(createAgent({ allowsPrivate: true }), `http://127.0.0.1:${port}`)).rejects.toThrow(/header/i);
  });
});
