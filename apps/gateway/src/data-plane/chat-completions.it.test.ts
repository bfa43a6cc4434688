import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startGatewayFixture, type GatewayFixture } from '../testing/gateway-fixture.ts';
import { readJson, type ChatAnswer, type ErrorAnswer } from '../testing/read-json.ts';
import type { TestTenant } from '../testing/tenant.ts';

let gateway: GatewayFixture;
let tenant: TestTenant;
let secret: string;
let openai: OpenAI;

beforeAll(async () => {
  gateway = await startGatewayFixture();
  tenant = await gateway.createTenant({ exposesAttempts: true });
  ({ secret } = await tenant.createKey());
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: secret, maxRetries: 0 });
});
afterAll(() => gateway.stop());

const ask = (text: string, more: Readonly<Record<string, unknown>> = {}) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme/solo', messages: [{ role: 'user', content: text }], ...more }),
  });

interface AttemptRow {
  readonly attempt: number;
  readonly provider_id: string;
  readonly state: string;
  readonly failure_kind: string | null;
  readonly is_cancelled: boolean;
  readonly usage_source: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly charge_nano_usd: string;
  readonly provider_cost_nano_usd: string;
}

/** The rows of a call, once they have been shipped. */
async function attemptsOf(requestId: string | null, count = 1): Promise<readonly AttemptRow[]> {
  const generation = await fetch(`${gateway.url}/v1/generations/${requestId?.replace('req_', 'gen_')}`, {
    headers: { 'x-api-key': secret },
  });
  const { data } = await readJson<{ data: { attempts: readonly unknown[] } }>(generation);
  expect(data.attempts).toHaveLength(count);
  const { rows } = await gateway.owner.query<AttemptRow>(
    'SELECT * FROM usage_attempt WHERE organization_id = $1 ORDER BY request_id DESC, attempt LIMIT $2',
    [tenant.organizationId, count],
  );
  return rows;
}

describe('a plain answer', () => {
  it('comes with its ids, who served it and what it cost, and the record says the same', async () => {
    const { data: answer, response } = await openai.chat.completions
      .create({ model: 'acme/solo', messages: [{ role: 'user', content: '[sandbox: tokens=20]' }] })
      .withResponse();
    expect(answer.choices[0]?.message.content).not.toBe('');
    expect(answer.model).toBe('acme/solo');
    const usage = answer.usage;
    const cost = BigInt((usage?.prompt_tokens ?? 0) * 1_000 + 20 * 2_000);
    expect(usage).toMatchObject({
      completion_tokens: 20,
      cost: Number(cost) / 1e9,
      cost_nano_usd: cost.toString(),
      is_byok: false,
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': expect.stringMatching(/^req_[0-9a-z]{26}$/),
      'x-gateway-model': 'acme/solo',
      'x-gateway-provider': 'openai',
      'x-gateway-attempts': '1',
      'x-gateway-cost': expect.stringMatching(/^0\.\d+$/),
      'server-timing': expect.stringMatching(/^overhead;dur=[\d.]+, upstream;dur=[\d.]+$/),
    });
    expect(await attemptsOf(response.headers.get('x-request-id'))).toMatchObject([
      {
        state: 'settled',
        provider_id: 'openai',
        usage_source: 'reported',
        output_tokens: 20,
        charge_nano_usd: cost.toString(),
        provider_cost_nano_usd: cost.toString(),
      },
    ]);
  });

  it('is found under an alias and billed from the same balance', async () => {
    const before = await credits();
    await openai.chat.completions.create({
      model: 'solo',
      messages: [{ role: 'user', content: '[sandbox: tokens=1000]' }],
    });
    await expect.poll(async () => (await credits()) < before, { timeout: 5_000 }).toBe(true);
  });

  it('is estimated and says so when the provider reports no usage', async () => {
    const response = await ask('[sandbox: tokens=40 usage=missing]');
    const answer = await readJson<ChatAnswer>(response);
    expect(answer.usage.completion_tokens).toBeGreaterThan(0);
    expect(await attemptsOf(response.headers.get('x-request-id'))).toMatchObject([
      { state: 'estimated', usage_source: 'estimated' },
    ]);
  });
});

describe('a stream', () => {
  it('brings every piece, then usage where it was asked for, then the end', async () => {
    const stream = await openai.chat.completions.create({
      model: 'acme/solo',
      messages: [{ role: 'user', content: '[sandbox: tokens=30]' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text.length).toBeGreaterThan(30);
    expect(usage).toMatchObject({ completion_tokens: 30, cost_nano_usd: expect.stringMatching(/^\d+$/) });
  });

  it('carries no usage chunk that nobody asked for, and is metered all the same', async () => {
    const response = await ask('[sandbox: tokens=30]', { stream: true });
    const body = await response.text();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(body).not.toMatch(/"usage":\{|"choices":\[\]/);
    expect(body.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await attemptsOf(response.headers.get('x-request-id'))).toMatchObject([
      { state: 'settled', output_tokens: 30 },
    ]);
  });

  it('ends with an error in the stream, never like a whole answer, when the provider cuts it, and costs nothing', async () => {
    const response = await ask('[sandbox: tokens=50 cut=10]', { stream: true });
    const body = await response.text();
    expect(body).toContain('"finish_reason":"error"');
    expect(body).toMatch(/"error":\{[^}]*"code":"upstream_error"/);
    expect(await attemptsOf(response.headers.get('x-request-id'))).toMatchObject([
      { state: 'failed', charge_nano_usd: '0' },
    ]);
    await expect(
      (async () => {
        const stream = await openai.chat.completions.create({
          model: 'acme/solo',
          messages: [{ role: 'user', content: '[sandbox: tokens=50 cut=10]' }],
          stream: true,
        });
        for await (const chunk of stream) void chunk;
      })(),
    ).rejects.toThrow(/provider|connection/i);
  });

  it('stops the provider when the client leaves, and charges for what was produced', async () => {
    const controller = new AbortController();
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'acme/solo',
        stream: true,
        messages: [{ role: 'user', content: '[sandbox: tokens=400 gap=20]' }],
      }),
      signal: controller.signal,
    });
    const reader = response.body?.getReader();
    for (let piece = 0; piece < 5; piece += 1) await reader?.read();
    controller.abort();
    const [row] = await attemptsOf(response.headers.get('x-request-id'));
    expect(row).toMatchObject({ state: 'estimated', is_cancelled: true, usage_source: 'estimated' });
    expect(BigInt(row?.charge_nano_usd ?? '0') > 0n).toBe(true);
    expect(row?.output_tokens).toBeLessThan(200);
  });
});

describe('failing over', () => {
  it.each(['status=500', 'status=503', 'status=429', 'malformed', 'status=529'])(
    'answers from the next endpoint after %s, and says why',
    async (fault) => {
      const response = await ask(`[sandbox: ${fault} times=1 id=${fault}-plain]`, { model: 'acme/duo' });
      expect(response.status).toBe(200);
      expect(response.headers.get('x-gateway-fallback-from')).not.toBeNull();
      expect(response.headers.get('x-gateway-attempts')).toBe('2');
      const rows = await attemptsOf(response.headers.get('x-request-id'), 2);
      expect(rows.map((row) => row.state)).toEqual(['failed', 'settled']);
      expect(rows[0]?.charge_nano_usd).toBe('0');
    },
  );

  it.each(['status=500', 'cut=0', 'stall=0', 'empty'])(
    'a stream that fails by %s before its first content is answered by another endpoint',
    async (fault) => {
      const response = await ask(`[sandbox: ${fault} times=1 id=${fault}-stream tokens=10]`, {
        model: 'acme/duo',
        stream: true,
      });
      const body = await response.text();
      expect(body).not.toContain('"error"');
      expect(body.trimEnd().endsWith('data: [DONE]')).toBe(true);
      expect(response.headers.get('x-gateway-attempts')).toBe('2');
    },
  );

  it('gives up with the most telling failure and the list of attempts where the project shows them', async () => {
    const response = await ask('[sandbox: status=500]', { model: 'acme/duo' });
    expect(response.status).toBe(502);
    const { error } = await readJson<ErrorAnswer>(response);
    expect(error).toMatchObject({
      code: 'upstream_error',
      metadata: { error_type: 'provider_unavailable', retryable: true },
    });
    expect(error.metadata.attempts?.length).toBeGreaterThanOrEqual(2);
  });

  it('does not burn another endpoint on the caller’s own mistake', async () => {
    const response = await ask('[sandbox: status=400]', { model: 'acme/duo' });
    expect(response.status).toBe(400);
    expect((await readJson<ErrorAnswer>(response)).error.metadata.attempts).toHaveLength(1);
  });
});

async function credits(): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/credits`, { headers: { 'x-api-key': secret } });
  return (await readJson<{ data: { balance: number } }>(response)).data.balance;
}
