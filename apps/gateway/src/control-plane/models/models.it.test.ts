import { modelListSchema, modelSchema } from '@turnpike/contracts/models';
import { buildOpenApi } from '@turnpike/contracts/openapi';
import { newId } from '@turnpike/db/new-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startControlHarness } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

let harness: ControlHarness;
const priceId = newId<'price'>();

beforeAll(async () => {
  harness = await startControlHarness();
  await harness.owner.query(
    `INSERT INTO model (slug, name, author, operation, aliases, supports_tools, context_tokens, released_at, updated_at)
     VALUES ('anthropic/claude-sonnet-5', 'Claude Sonnet 5', 'anthropic', 'chat', '{sonnet}', true, 200000, now(), now()),
            ('openai/text-embedding-3-small', 'Embedding 3 small', 'openai', 'embeddings', '{}', false, 8192, now(), now())`,
  );
  await harness.owner.query(
    `INSERT INTO endpoint (id, model_slug, provider_id, upstream_model, protocol, updated_at)
     VALUES ('a@anthropic', 'anthropic/claude-sonnet-5', 'anthropic', 'claude-sonnet-5', 'anthropic-messages', now()),
            ('e@openai', 'openai/text-embedding-3-small', 'openai', 'text-embedding-3-small', 'openai-embeddings', now())`,
  );
  await harness.owner.query(
    `INSERT INTO price (id, endpoint_id, effective_from, source) VALUES ($1, 'a@anthropic', '2025-01-01', 'test')`,
    [priceId],
  );
  await harness.owner.query(
    `INSERT INTO price_rate (price_id, above_input_tokens, input_nano_usd_per_million, output_nano_usd_per_million, cache_read_nano_usd_per_million)
     VALUES ($1, 0, 3000000000, 15000000000, 300000000), ($1, 200000, 6000000000, 22500000000, NULL)`,
    [priceId],
  );
});

afterAll(() => harness.close());

describe('GET /api/models', () => {
  it('lists the catalogue to anybody, with who serves a model and at which price', async () => {
    const { items } = (await harness.client().request('GET', '/api/models')).as(modelListSchema);
    expect(items.map(({ slug }) => slug)).toStrictEqual(['anthropic/claude-sonnet-5', 'openai/text-embedding-3-small']);
    expect(items[0]?.endpoints).toStrictEqual([
      {
        id: 'a@anthropic',
        providerId: 'anthropic',
        upstreamModel: 'claude-sonnet-5',
        contextTokens: null,
        maxOutputTokens: null,
        price: {
          id: priceId,
          effectiveFrom: '2025-01-01T00:00:00.000Z',
          rates: [
            { bucket: 'input', usdPerMillion: '3', nanoUsdPerMillion: '3000000000' },
            { bucket: 'cacheRead', usdPerMillion: '0.3', nanoUsdPerMillion: '300000000' },
            { bucket: 'output', usdPerMillion: '15', nanoUsdPerMillion: '15000000000' },
          ],
          tiers: [
            {
              aboveInputTokens: 200_000,
              rates: [
                { bucket: 'input', usdPerMillion: '6', nanoUsdPerMillion: '6000000000' },
                { bucket: 'output', usdPerMillion: '22.5', nanoUsdPerMillion: '22500000000' },
              ],
            },
          ],
        },
      },
    ]);
    expect(items[1]?.endpoints[0]?.price).toBeNull();
  });

  it.each([
    ['?search=SONNET', ['anthropic/claude-sonnet-5']],
    ['?search=embedding%203', ['openai/text-embedding-3-small']],
    ['?operation=embeddings', ['openai/text-embedding-3-small']],
    ['?providerId=anthropic', ['anthropic/claude-sonnet-5']],
    ['?search=nothing', []],
  ])('filters by %s', async (query, expected) => {
    const { items } = (await harness.client().request('GET', `/api/models${query}`)).as(modelListSchema);
    expect(items.map(({ slug }) => slug)).toStrictEqual(expected);
  });
});

describe('GET /api/models/{author}/{model}', () => {
  it('reads one model', async () => {
    const answer = await harness.client().request('GET', '/api/models/anthropic/claude-sonnet-5');
    expect(answer.as(modelSchema)).toMatchObject({
      name: 'Claude Sonnet 5',
      supportsTools: true,
      contextTokens: 200_000,
    });
  });

  it('answers 404 to a model that is not in the catalogue', async () => {
    const answer = await harness.client().request('GET', '/api/models/anthropic/claude-2');
    expect([answer.status, answer.error().code]).toStrictEqual([404, 'not_found']);
  });
});

describe('GET /api/openapi.json', () => {
  it('is the document that the contracts make', async () => {
    const answer = await harness.client().request('GET', '/api/openapi.json');
    expect(JSON.parse(answer.text)).toStrictEqual(JSON.parse(JSON.stringify(buildOpenApi())));
  });
});
