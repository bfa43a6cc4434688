import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startGatewayFixture, type GatewayFixture } from '../testing/gateway-fixture.ts';
import { readJson } from '../testing/read-json.ts';
import type { TestTenant } from '../testing/tenant.ts';

let gateway: GatewayFixture;
let tenant: TestTenant;
let secret: string;
let openai: OpenAI;

beforeAll(async () => {
  gateway = await startGatewayFixture();
  tenant = await gateway.createTenant();
  ({ secret } = await tenant.createKey());
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: secret, maxRetries: 0 });
});
afterAll(() => gateway.stop());

const get = (path: string, key = secret) =>
  fetch(`${gateway.url}/v1${path}`, { headers: { authorization: `Bearer ${key}` } });

describe('models', () => {
  it('lists what the key may use, with prices per token as exact decimals', async () => {
    const models = await openai.models.list();
    expect(models.data.map((model) => model.id)).toEqual(
      expect.arrayContaining(['acme/duo', 'acme/solo', 'acme/sonnet', 'acme/vectors']),
    );
    expect(models.data.find((model) => model.id === 'acme/solo')).toMatchObject({
      object: 'model',
      owned_by: 'acme',
      pricing: { prompt: '0.000001', completion: '0.000002' },
    });
  });

  it('shows one by slug, with the slash as it is or encoded, or by alias', async () => {
    expect((await openai.models.retrieve('acme/solo')).id).toBe('acme/solo');
    expect((await readJson<{ id: string }>(await get('/models/acme/solo'))).id).toBe('acme/solo');
    expect((await openai.models.retrieve('solo')).id).toBe('acme/solo');
  });

  it('hides what the key may not use', async () => {
    const { secret: limited } = await tenant.createKey({ allowedModels: ['acme/duo'] });
    const list = await readJson<{ data: readonly { id: string }[] }>(await get('/models', limited));
    expect(list.data.map((model) => model.id)).toEqual(['acme/duo']);
    expect((await get('/models/acme/solo', limited)).status).toBe(404);
  });
});

describe('embeddings', () => {
  it('come as floats or base64, in the order asked, and are billed by their tokens', async () => {
    const answer = await openai.embeddings.create({
      model: 'acme/vectors',
      input: ['one', 'two words'],
      encoding_format: 'float',
      dimensions: 16,
    });
    expect(answer.data.map((item) => item.embedding.length)).toEqual([16, 16]);
    expect(answer.usage.prompt_tokens).toBeGreaterThan(0);
    const packed = await openai.embeddings.create({ model: 'acme/vectors', input: 'one', dimensions: 16 });
    expect(packed.data[0]?.embedding).toEqual(
      expect.arrayContaining([expect.closeTo(answer.data[0]?.embedding[0] ?? 0, 5)]),
    );
  });
});

describe('what was spent', () => {
  it('adds up: key, credits and generation tell the same money', async () => {
    const fresh = await gateway.createTenant({ creditNanoUsd: 1_000_000_000n });
    const key = await fresh.createKey();
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key.secret, maxRetries: 0 });
    const { data: answer, response } = await client.chat.completions
      .create({ model: 'acme/solo', messages: [{ role: 'user', content: '[sandbox: tokens=100]' }] })
      .withResponse();
    const cost = Reflect.get(answer.usage ?? {}, 'cost');
    const id = response.headers.get('x-generation-id') ?? '';
    const generation = await readJson<{ data: Record<string, unknown> }>(await get(`/generations/${id}`, key.secret));
    expect(generation.data).toMatchObject({
      id,
      model: 'acme/solo',
      provider_name: 'openai',
      total_cost: cost,
      tokens_completion: 100,
      state: 'settled',
      finish_reason: 'stop',
    });
    expect(await readJson(await get(`/generation?id=${id}`, key.secret))).toEqual(generation);
    expect(await readJson(await get('/key', key.secret))).toMatchObject({
      data: { usage: cost, usage_daily: cost, usage_monthly: cost, mode: 'live', allowed_models: null },
    });
    expect(await readJson(await get('/credits', key.secret))).toMatchObject({
      data: { total_credits: 1, total_usage: cost },
    });
  });

  it('is nobody else’s business', async () => {
    const { response } = await openai.chat.completions
      .create({ model: 'acme/solo', messages: [{ role: 'user', content: 'Hi' }] })
      .withResponse();
    const { secret: other } = await (await gateway.createTenant()).createKey();
    const id = response.headers.get('x-generation-id') ?? '';
    expect((await get(`/generations/${id}`)).status).toBe(200);
    expect((await get(`/generations/${id}`, other)).status).toBe(404);
  });
});

describe('a key that changes', () => {
  it('stops working as soon as the control plane says so', async () => {
    const key = await tenant.createKey();
    expect((await get('/key', key.secret)).status).toBe(200);
    await gateway.owner.query(`UPDATE api_key SET status = 'disabled' WHERE id = $1`, [key.id]);
    await gateway.publish('keys', key.digestHex);
    await expect.poll(async () => (await get('/key', key.secret)).status, { timeout: 1_000, interval: 20 }).toBe(401);
  });
});
