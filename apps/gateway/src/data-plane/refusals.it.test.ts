import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startGatewayFixture, type GatewayFixture } from '../testing/gateway-fixture.ts';
import { readJson, type ChatAnswer, type ErrorAnswer } from '../testing/read-json.ts';
import { addModel, type TestTenantOptions, type TestKeyOptions } from '../testing/tenant.ts';

let gateway: GatewayFixture;

beforeAll(async () => {
  gateway = await startGatewayFixture();
});
afterAll(() => gateway.stop());

const call = (secret: string, more: Readonly<Record<string, unknown>> = {}) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({
      model: 'acme/solo',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hello' }],
      ...more,
    }),
  });

async function secretOf(tenant: TestTenantOptions, key: TestKeyOptions = {}): Promise<string> {
  return (await (await gateway.createTenant(tenant)).createKey(key)).secret;
}

async function errorOf(response: Response) {
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    ...(await readJson<ErrorAnswer>(response)).error,
  };
}

describe('401 and 403', () => {
  it.each([
    [{ status: 'disabled' }, 401, 'invalid_api_key'],
    [{ status: 'revoked' }, 401, 'invalid_api_key'],
    [{ expiresAt: new Date(Date.now() - 1_000) }, 401, 'expired_api_key'],
    [{ kind: 'management' }, 403, 'access_denied'],
    [{ allowedModels: ['acme/duo'] }, 403, 'model_access_denied'],
    [{ allowedIps: ['192.0.2.0/24'] }, 403, 'ip_not_allowed'],
  ] as const)('a key with %j gets %i %s', async (key, status, code) => {
    expect(await errorOf(await call(await secretOf({}, key)))).toMatchObject({ status, code });
  });

  it('a suspended organization gets 403', async () => {
    expect(await errorOf(await call(await secretOf({ organizationStatus: 'suspended' })))).toMatchObject({
      status: 403,
      code: 'account_suspended',
    });
  });

  it('no key, or one of nobody, gets 401', async () => {
    const none = await fetch(`${gateway.url}/v1/models`);
    expect(await errorOf(none)).toMatchObject({ status: 401, code: 'missing_api_key' });
    expect(await errorOf(await call('sk-tp-live-000000000000_00000000000000000000000000000000_000000'))).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    });
  });
});

describe('402', () => {
  it('tells a caller without credit what the call may cost and what would be affordable', async () => {
    const error = await errorOf(await call(await secretOf({ creditNanoUsd: 100_000n })));
    expect(error).toMatchObject({
      status: 402,
      type: 'billing_error',
      code: 'insufficient_credits',
      metadata: {
        balance: '0.0001',
        reserved: '0',
        required: expect.stringMatching(/^0\.00\d+$/),
        affordable_max_tokens: expect.any(Number),
      },
    });
    expect(error.metadata['affordable_max_tokens']).toBeLessThan(100);
  });

  it('clamps a caller that set no limit to what its credit pays for', async () => {
    const response = await call(await secretOf({ creditNanoUsd: 2_000_000n }), {
      max_tokens: undefined,
      messages: [{ role: 'user', content: '[sandbox: tokens=4000]' }],
    });
    expect(response.status).toBe(200);
    const answer = await readJson<ChatAnswer>(response);
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage.completion_tokens).toBeLessThan(1_000);
    expect(BigInt(answer.usage.cost_nano_usd) <= 2_000_000n).toBe(true);
  });

  it('holds no more for a limit beyond all measure than what the model can write', async () => {
    await addModel(gateway.owner, {
      slug: 'acme/gold',
      endpoints: [{ providerId: 'openai', protocol: 'openai-chat', input: 1_000n, output: 150_000_000_000n }],
    });
    const response = async (credit: bigint) =>
      call(await secretOf({ creditNanoUsd: credit }), { model: 'acme/gold', max_tokens: 2_147_483_647, n: 128 });
    await expect.poll(async () => (await response(100_000_000_000n)).status, { timeout: 10_000 }).toBe(200);
    const error = await errorOf(await response(1_000_000_000n));
    expect(error).toMatchObject({ status: 402, code: 'insufficient_credits' });
    // 4,096 tokens for each of 128 choices at $150 per million, and some input.
    expect(Number(error.metadata['required'])).toBeCloseTo(78.6432, 2);
  });

  it('refuses a call that may cost more than any balance can hold, and never fails over it', async () => {
    // An unlisted model may cost as much as the provider's dearest, and write as much as it likes.
    const secret = await secretOf({ allowsUnlistedModels: true });
    const error = await errorOf(await call(secret, { model: 'openai/born-today', max_tokens: 2_147_483_647, n: 128 }));
    expect(error).toMatchObject({ status: 402, code: 'insufficient_credits', retryAfter: null });
    expect(Number(error.metadata['required'])).toBeGreaterThan(9_000_000);
  });

  it('says that credit is only reserved when another call holds it longer than a call waits', async () => {
    const secret = await secretOf({ creditNanoUsd: 2_000_000n });
    const running = await call(secret, {
      stream: true,
      messages: [{ role: 'user', content: '[sandbox: tokens=100 gap=60]' }],
    });
    const error = await errorOf(await call(secret));
    expect(error).toMatchObject({ status: 402, code: 'credits_reserved', retryAfter: '2' });
    expect(Number(error.metadata['reserved'])).toBeGreaterThan(0);
    await running.text();
    await expect.poll(async () => (await call(secret, { max_tokens: 10 })).status, { timeout: 5_000 }).toBe(200);
  });

  it.each([
    ['chose a limit', 100],
    ['chose none', undefined],
  ])('lets calls of a caller that %s wait while others hold the credit', async (_, maxTokens) => {
    const secret = await secretOf({ creditNanoUsd: 6_000_000n });
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const directives = '[sandbox: tokens=5 latency=50]';
        const answer = await call(secret, { max_tokens: maxTokens, messages: [{ role: 'user', content: directives }] });
        return answer.status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('never lets parallel calls spend more than there is', async () => {
    const tenant = await gateway.createTenant({ creditNanoUsd: 5_000_000n });
    const { secret } = await tenant.createKey();
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        call(secret, { max_tokens: 100, messages: [{ role: 'user', content: '[sandbox: tokens=100 latency=50]' }] }),
      ),
    );
    const costs = await Promise.all(
      answers
        .filter((answer) => answer.ok)
        .map(async (answer) => BigInt((await readJson<ChatAnswer>(answer)).usage.cost_nano_usd)),
    );
    expect(costs.length).toBeGreaterThan(0);
    expect(costs.length).toBeLessThan(60);
    expect(costs.reduce((sum, cost) => sum + cost, 0n) <= 5_000_000n).toBe(true);
  });
});

describe('404', () => {
  it('suggests the model that was meant', async () => {
    expect(await errorOf(await call(await secretOf({}), { model: 'acme/sollo' }))).toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
      metadata: { suggestions: expect.arrayContaining(['acme/solo']) },
    });
  });

  it('passes an unlisted model on where the organization allows it, holds it at a ceiling price and records it as unpriced', async () => {
    const tenant = await gateway.createTenant({ allowsUnlistedModels: true });
    const { secret } = await tenant.createKey();
    const response = await call(secret, { model: 'openai/born-today' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('x-gateway-cost'))).toBeGreaterThan(0);
    await expect
      .poll(
        async () =>
          (
            await gateway.owner.query(
              'SELECT is_unpriced, upstream_model FROM usage_attempt WHERE organization_id = $1',
              [tenant.organizationId],
            )
          ).rows,
        { timeout: 5_000 },
      )
      .toEqual([{ is_unpriced: true, upstream_model: 'born-today' }]);
    expect((await call(await secretOf({}), { model: 'openai/born-today' })).status).toBe(404);
  });
});

describe('429', () => {
  it('counts exactly, tells the limit on every answer and how long to wait', async () => {
    const tenant = await gateway.createTenant();
    const key = await tenant.createKey();
    await tenant.setRateLimit({ scope: 'key', scopeId: key.id, kind: 'requests', limit: 5, windowMs: 60_000 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => call(key.secret)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(5);
    const served = answers.find((answer) => answer.ok);
    expect(served?.headers.get('x-ratelimit-limit-requests')).toBe('5');
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused === undefined ? undefined : await errorOf(refused)).toMatchObject({
      code: 'rate_limit_exceeded',
      type: 'rate_limit_error',
      metadata: { limit: { scope: 'key', kind: 'requests', limit: 5, window_ms: 60_000 } },
      retryAfter: expect.stringMatching(/^\d+$/),
    });
  });
});

describe('429 of a call that is larger than its limit', () => {
  const limited = async (limit: number) => {
    const tenant = await gateway.createTenant();
    const key = await tenant.createKey();
    await tenant.setRateLimit({ scope: 'key', scopeId: key.id, kind: 'tokens', limit, windowMs: 60_000 });
    return key.secret;
  };

  it('does not meet a caller that set no output limit: the answer may be as long as the limit allows', async () => {
    const response = await call(await limited(3_000), {
      max_tokens: undefined,
      messages: [{ role: 'user', content: '[sandbox: tokens=4000]' }],
    });
    expect(response.status).toBe(200);
    const answer = await readJson<ChatAnswer>(response);
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage.completion_tokens).toBeGreaterThanOrEqual(256);
    expect(answer.usage.completion_tokens).toBeLessThan(3_000);
  });

  it.each([
    ['the caller chose an output limit', 1_000, { max_tokens: 2_000 }],
    ['no useful answer fits', 200, { max_tokens: undefined }],
  ])('says so, and not that waiting helps, when %s', async (_when, limit, more) => {
    const error = await errorOf(await call(await limited(limit), more));
    expect(error).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      retryAfter: null,
      message: expect.stringMatching(/^This call may use up to [\d,]+ tokens, more than the /),
      metadata: { limit: { scope: 'key', kind: 'tokens', limit, window_ms: 60_000 } },
    });
  });
});

describe('test keys', () => {
  it('reach the sandbox alone and are metered but never billed, whatever the credit', async () => {
    const tenant = await gateway.createTenant({ creditNanoUsd: 0n });
    const { secret } = await tenant.createKey({ mode: 'test' });
    const response = await call(secret, { model: 'acme/duo' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-gateway-provider')).toBe('sandbox');
    expect(response.headers.get('x-gateway-cost')).toBe('0');
    await expect
      .poll(
        async () =>
          (
            await gateway.owner.query(
              'SELECT mode, charge_nano_usd, output_tokens > 0 AS has_output FROM usage_attempt WHERE organization_id = $1',
              [tenant.organizationId],
            )
          ).rows,
        { timeout: 5_000 },
      )
      .toEqual([{ mode: 'test', charge_nano_usd: '0', has_output: true }]);
  });
});
