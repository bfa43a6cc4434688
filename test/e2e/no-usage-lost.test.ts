import { startTestProduct, type TestProduct } from '@turnpike/tooling/test-product';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { compareWithTruth, type Comparison } from '../support/reconcile.ts';

const totalCalls = 1_000;
const parallel = 24;
/** After so many calls have begun, the gateway is killed without warning and started again. */
const killsAfter = [300, 700];

let product: TestProduct;

beforeAll(async () => {
  product = await startTestProduct({ name: 'no-usage-lost', isDurable: true });
});
afterAll(() => product?.stop());

/** Calls of every kind, in turn: plain, streamed, refused, failing, cut, abandoned. */
const kinds = [
  { directives: 'tokens=12', stream: false },
  { directives: 'tokens=40', stream: true },
  { directives: 'tokens=60 gap=5', stream: true, abortAfterMs: 60 },
  { directives: 'status=500', stream: false },
  { directives: 'tokens=30 cut=6', stream: true },
  { directives: 'tokens=20 usage=missing', stream: true },
  { directives: 'status=400', stream: false },
  { directives: 'tokens=8 latency=120', stream: false, abortAfterMs: 40 },
  { directives: 'tokens=25 cached=10', stream: false },
  { directives: 'tokens=15 latency=80', stream: true },
] as const;

async function call(index: number): Promise<void> {
  const kind = kinds[index % kinds.length] ?? kinds[0];
  const signal = 'abortAfterMs' in kind ? AbortSignal.timeout(kind.abortAfterMs) : null;
  try {
    const response = await fetch(`${product.state.gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${product.state.demo.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'openai/gpt-5.4-mini',
        stream: kind.stream,
        max_tokens: 200,
        messages: [{ role: 'user', content: `Call ${index} [sandbox: ${kind.directives}]` }],
      }),
      signal,
    });
    await response.text();
  } catch {
    // Aborted on purpose, or the gateway was killed under it: what counts is what was recorded.
  }
}

async function killAndRestart(): Promise<void> {
  await product.services.gateway.kill();
  await product.services.gateway.start();
}

function isSettled({ lost, unpostedBatches, chargedNanoUsd, ledgerUsageNanoUsd }: Comparison): boolean {
  return lost.length === 0 && unpostedBatches === 0 && chargedNanoUsd === ledgerUsageNanoUsd;
}

it('what the provider saw is what is recorded is what the ledger says, although the gateway was killed twice', async () => {
  let next = 0;
  let kills = 0;
  let restarting: Promise<void> = Promise.resolve();
  const work = async (): Promise<void> => {
    while (next < totalCalls) {
      const index = next;
      next += 1;
      if (index >= (killsAfter[kills] ?? Number.POSITIVE_INFINITY)) {
        kills += 1;
        restarting = killAndRestart();
      }
      await call(index);
      await restarting;
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  expect(kills).toBe(killsAfter.length);

  const compare = () => compareWithTruth(product.ownerUrl, product.truthFile, product.state.demo.organizationId);
  await expect.poll(async () => isSettled(await compare()), { timeout: 60_000, interval: 500 }).toBe(true);
  const result = await compare();
  process.stdout.write(
    [
      `calls ${totalCalls}, kill -9 of the gateway ${kills}`,
      `attempts the provider saw ${result.truthAttempts}, rows ${result.rows} (${JSON.stringify(result.states)})`,
      `lost ${result.lost.length}, double ${result.doubled.length}, invented ${result.invented.length}, wrong tokens ${result.wrongTokens.length}`,
      `charged ${result.chargedNanoUsd} = ledger ${result.ledgerUsageNanoUsd} nano-USD; granted ${result.grantedNanoUsd} - used = balance ${result.ledgerBalanceNanoUsd}`,
      '',
    ].join('\n'),
  );
  expect(result).toMatchObject({ lost: [], doubled: [], invented: [], wrongTokens: [], unpostedBatches: 0 });
  expect(result.truthAttempts).toBeGreaterThan(600);
  expect(result.states['orphaned'] ?? 0).toBeGreaterThan(0);
  expect(result.ledgerUsageNanoUsd).toBe(result.chargedNanoUsd);
  expect(result.ledgerBalanceNanoUsd).toBe(result.grantedNanoUsd - result.chargedNanoUsd);
}, 240_000);
