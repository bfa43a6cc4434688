import { describe, expect, it } from 'vitest';

import { nanoUsdPerMillion as per } from '../money.ts';
import type { Catalog, CatalogProvider } from './catalog.ts';
import type { Endpoint, Model } from './model.ts';
import type { Price } from './price.ts';
import { resolveModel, suggestModels, type ResolveFacts } from './resolve-model.ts';

const price: Price = { id: 'p', effectiveFromMs: 0, rates: { input: per(1n), output: per(2n) }, tiers: [] };
const model = (slug: string, operation: Model['operation'] = 'chat'): Model => ({
  slug,
  name: slug,
  author: slug.split('/')[0] ?? '',
  aliases: [],
  operation,
  capabilities: {
    inputModalities: ['text'],
    outputModalities: ['text'],
    supportsTools: true,
    supportsReasoning: false,
    supportsJsonSchema: true,
  },
  createdAtSeconds: 0,
});
const endpoint = (modelSlug: string, providerId: string, own: Price | undefined = price): Endpoint => ({
  id: `${modelSlug}@${providerId}`,
  modelSlug,
  providerId,
  upstreamModel: 'x',
  operation: 'chat',
  protocol: 'openai-chat',
  price: own,
});
const provider = (id: string, isSandbox = false): CatalogProvider => ({
  id,
  protocols: { chat: 'openai-chat' },
  ceilingPrice: price,
  isSandbox,
});
const catalog: Catalog = {
  version: '1',
  models: new Map(['acme/large', 'acme/small', 'acme/orphan', 'sandbox/echo'].map((slug) => [slug, model(slug)])),
  aliases: new Map([['large', 'acme/large']]),
  endpoints: new Map([
    ['acme/large', [endpoint('acme/large', 'acme'), endpoint('acme/large', 'sandbox')]],
    ['acme/small', [endpoint('acme/small', 'sandbox')]],
    ['acme/orphan', [endpoint('acme/orphan', 'unreachable')]],
    ['sandbox/echo', [endpoint('sandbox/echo', 'sandbox')]],
  ]),
  providers: new Map([
    ['acme', provider('acme')],
    ['sandbox', provider('sandbox', true)],
  ]),
  priceBooks: new Map(),
  usesSandboxFallback: false,
};
const facts: ResolveFacts = { name: 'acme/large', operation: 'chat', mode: 'live', allowsUnlistedModels: false };
const providersOf = (of: Catalog, part: Partial<ResolveFacts>): readonly string[] =>
  resolveModel(of, { ...facts, ...part }).candidates.map((candidate) => candidate.endpoint.providerId);

describe('resolveModel', () => {
  it('finds a slug and an alias', () => {
    expect(providersOf(catalog, {})).toEqual(['acme']);
    expect(resolveModel(catalog, { ...facts, name: 'large' }).slug).toBe('acme/large');
  });

  it('gives test keys the sandbox and nothing else', () => {
    expect(providersOf(catalog, { mode: 'test' })).toEqual(['sandbox']);
    expect(() =>
      resolveModel(catalog, { ...facts, name: 'acme/free', mode: 'test', allowsUnlistedModels: true }),
    ).toThrow(/no model/);
  });

  it('never answers a live key from the sandbox unless that was chosen', () => {
    expect(() => providersOf(catalog, { name: 'acme/small' })).toThrow(
      expect.objectContaining({ code: 'no_eligible_endpoint' }),
    );
    expect(providersOf({ ...catalog, usesSandboxFallback: true }, { name: 'acme/small' })).toEqual(['sandbox']);
    expect(providersOf({ ...catalog, usesSandboxFallback: true }, {})).toEqual(['acme']);
    expect(providersOf(catalog, { name: 'sandbox/echo' })).toEqual(['sandbox']);
  });

  it('passes an unlisted model to the named provider where the organization allows it, at a ceiling price', () => {
    const { candidates, model: found } = resolveModel(catalog, {
      ...facts,
      name: 'acme/brand/new',
      allowsUnlistedModels: true,
    });
    expect(found).toBeUndefined();
    expect(candidates).toMatchObject([
      {
        isUnlisted: true,
        endpoint: { upstreamModel: 'brand/new', providerId: 'acme', price: undefined },
        holdPrice: price,
      },
    ]);
  });

  it.each(['acme/brand-new', 'nobody/x', 'acme/', '/x', 'x', '__proto__', 'constructor'])(
    'answers 404 for %j otherwise',
    (name) => {
      expect(() => resolveModel(catalog, { ...facts, name })).toThrow(
        expect.objectContaining({ code: 'model_not_found', param: 'model' }),
      );
    },
  );

  it('refuses an unlisted model when there is no ceiling to hold it at', () => {
    const providers = new Map([['acme', { ...provider('acme'), ceilingPrice: undefined }]]);
    expect(() =>
      resolveModel({ ...catalog, providers }, { ...facts, name: 'acme/new', allowsUnlistedModels: true }),
    ).toThrow(/no model/);
  });

  it('tells a model of another operation from an unknown one', () => {
    expect(() => resolveModel(catalog, { ...facts, operation: 'embeddings' })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('suggests near names, and nothing for noise', () => {
    expect(suggestModels(catalog, 'acme/lagre')[0]).toBe('acme/large');
    expect(suggestModels(catalog, 'zzzz')).toEqual([]);
    expect(suggestModels(catalog, 'x'.repeat(10_000))).toEqual([]);
  });
});
