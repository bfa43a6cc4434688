import { createServer, type Server } from 'node:http';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { startGatewayFixture, type GatewayFixture } from '../testing/gateway-fixture.ts';

let gateway: GatewayFixture;
let upstream: Server;
let secret: string;

const chunk = (delta: object, finishReason: string | null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;

beforeAll(async () => {
  // Says everything, and never closes its answer.
  upstream = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ role: 'assistant', content: 'Hello' }, null) + chunk({}, 'stop'));
    response.write(
      'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\ndata: [DONE]\n\n',
    );
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const address = upstream.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  gateway = await startGatewayFixture({
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
    UPSTREAM_IDLE_TIMEOUT_MS: '60000',
  });
  ({ secret } = await (await gateway.createTenant()).createKey());
});
afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await gateway.stop();
});

it('gives the client its end as soon as the provider has said it, whether or not it closes the connection', async () => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'acme/solo', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    signal: AbortSignal.timeout(10_000),
  });
  const body = await response.text();
  expect(body).toContain('Hello');
  expect(body.trimEnd().endsWith('data: [DONE]')).toBe(true);
  await expect
    .poll(() => new Promise((resolve) => upstream.getConnections((_error, count) => resolve(count))), {
      timeout: 5_000,
    })
    .toBe(0);
});
