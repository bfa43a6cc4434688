import type { ModelView } from '@turnpike/contracts/models';
import { expect, it } from 'vitest';
import { modelsForNewcomers, spreadOverAuthors } from './models-for-newcomers.ts';

interface ModelFacts {
  readonly outputUsd?: number;
  readonly since?: string;
  readonly operation?: 'chat' | 'embeddings';
}

function model(slug: string, { outputUsd, since = '2026-01-01', operation = 'chat' }: ModelFacts): ModelView {
  const rate = (bucket: string, usd: number) => ({
    bucket,
    usdPerMillion: String(usd),
    nanoUsdPerMillion: String(usd * 1_000_000_000),
  });
  return {
    slug,
    name: slug,
    author: slug.split('/')[0] ?? '',
    aliases: [],
    operation,
    inputModalities: ['text'],
    outputModalities: ['text'],
    supportsTools: true,
    supportsReasoning: false,
    supportsJsonSchema: true,
    contextTokens: null,
    maxOutputTokens: null,
    endpoints: [
      {
        id: slug,
        providerId: 'p',
        upstreamModel: slug,
        contextTokens: null,
        maxOutputTokens: null,
        price:
          outputUsd === undefined
            ? null
            : {
                id: 'p',
                effectiveFrom: `${since}T00:00:00.000Z`,
                rates: [rate('input', 1), rate('output', outputUsd)],
                tiers: [],
              },
      },
    ],
  };
}

const catalogue = [
  model('acme/tiny', { outputUsd: 1 }),
  model('anthropic/large', { outputUsd: 15 }),
  model('openai/old', { outputUsd: 0.5, since: '2024-01-01' }),
  model('openai/new-large', { outputUsd: 10 }),
  model('openai/new-small', { outputUsd: 2 }),
  model('openai/unpriced', {}),
  model('openai/embed', { outputUsd: 1, operation: 'embeddings' }),
  model('sandbox/chat', { outputUsd: 1, since: '2026-11-01' }),
];

it('offers the newest models of familiar authors first, the cheapest of them first, and the sandbox last', () => {
  expect(modelsForNewcomers(catalogue).map((each) => each.model.slug)).toEqual([
    'openai/new-small',
    'openai/new-large',
    'openai/old',
    'anthropic/large',
    'acme/tiny',
    'sandbox/chat',
  ]);
});

it('shows no author twice where one each is asked for', () => {
  const shown = spreadOverAuthors(modelsForNewcomers(catalogue), 1);
  expect(shown.map((each) => each.model.slug)).toEqual([
    'openai/new-small',
    'anthropic/large',
    'acme/tiny',
    'sandbox/chat',
  ]);
});
