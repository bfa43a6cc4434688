import type { ModelView } from '@turnpike/contracts/models';
import { expect, it } from 'vitest';
import { modelsForFirstCall } from './first-model.ts';

function model(slug: string, outputNanoUsd: string | undefined, operation: 'chat' | 'embeddings' = 'chat'): ModelView {
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
          outputNanoUsd === undefined
            ? null
            : {
                id: 'p',
                effectiveFrom: '2026-01-01T00:00:00.000Z',
                rates: [{ bucket: 'output', usdPerMillion: '1', nanoUsdPerMillion: outputNanoUsd }],
                tiers: [],
              },
      },
    ],
  };
}

it('offers the cheapest chat model of a familiar author first, and nothing without a price', () => {
  const offered = modelsForFirstCall([
    model('acme/tiny', '1'),
    model('anthropic/large', '15000000000'),
    model('openai/large', '10000000000'),
    model('openai/mini', '2000000000'),
    model('openai/free-for-all', undefined),
    model('openai/embed', '1', 'embeddings'),
  ]);
  expect(offered.map(({ slug }) => slug)).toEqual(['openai/mini', 'openai/large', 'anthropic/large', 'acme/tiny']);
});
