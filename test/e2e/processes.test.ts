import { startTestProduct, type TestProduct } from '@turnpike/tooling/test-product';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { compareWithTruth } from '../support/reconcile.ts';

let product: TestProduct;

beforeAll(async () => {
  product = await startTestProduct({ name: 'processes', environment: { GATEWAY_PROCESSES: '2' } });
});
afterAll(() => product?.stop());

const call = (directives: string, stream = false) =>
  fetch(`${product.state.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.state.demo.apiKey}`, connection: 'close' },
    body: JSON.stringify({
      model: 'openai/gpt-5.4-mini',
      stream,
      max_tokens: 500,
      messages: [{ role: 'user', content: `Hi [sandbox: ${directives}]` }],
    }),
  });

/** The process ids under which gateway processes count their calls. */
async function countingInstances(): Promise<ReadonlySet<string>> {
  const text = await (await fetch(`${product.state.gatewayUrl}/metrics`)).text();
  return new Set([...text.matchAll(/^turnpike_calls_total\{[^}]*instance="(\d+)"/gm)].map((match) => match[1] ?? ''));
}

it('two processes share the port, show their figures together, and one that dies is replaced', async () => {
  await Promise.all(Array.from({ length: 40 }, async () => expect((await call('tokens=5')).status).toBe(200)));
  const before = await countingInstances();
  expect(before.size).toBe(2);
  process.kill(Number([...before][0]), 'SIGKILL');
  await Promise.all(Array.from({ length: 20 }, () => call('tokens=5').catch(() => undefined)));
  await expect
    .poll(
      async () => {
        const answers = await Promise.all(Array.from({ length: 12 }, async () => (await call('tokens=5')).status));
        return answers.every((status) => status === 200) && (await countingInstances()).size >= 2;
      },
      { timeout: 20_000, interval: 500 },
    )
    .toBe(true);
});

it('SIGTERM lets running streams end whole, and loses no record', async () => {
  const streams = Array.from({ length: 20 }, async () => (await call('tokens=80 gap=15', true)).text());
  await new Promise((resolve) => setTimeout(resolve, 400));
  await product.services.gateway.stop();
  for (const body of await Promise.all(streams)) {
    expect(body.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(body).not.toContain('"error"');
  }
  await product.services.gateway.start();
  const compare = () => compareWithTruth(product.ownerUrl, product.truthFile, product.state.demo.organizationId);
  await expect
    .poll(
      async () => {
        const { lost, unpostedBatches, chargedNanoUsd, ledgerUsageNanoUsd } = await compare();
        return lost.length + unpostedBatches + Number(chargedNanoUsd - ledgerUsageNanoUsd);
      },
      { timeout: 30_000 },
    )
    .toBe(0);
  expect(await compare()).toMatchObject({ lost: [], doubled: [], invented: [], wrongTokens: [] });
});
