import { defineProvider } from '@turnpike/adapters/provider';
import { resolveModel } from '@turnpike/core/catalog/resolve-model';
import { nanoUsdPerMillion as per } from '@turnpike/core/money';
import { describe, expect, it } from 'vitest';

import { buildSnapshot, type SnapshotOptions, type StoredCatalog } from './catalog-snapshot.ts';

const acme = defineProvider({
  id: 'acme',
  name: 'Acme',
  baseUrl: 'https://api.acme.example/openai/v1/',
  auth: { type: 'bearer' },
  speaks: { chat: { protocol: 'openai-chat', path: '/chat/completions' } },
  stopsOnCancel: true,
});
const sandbox = defineProvider({ ...acme, id: 'sandbox', baseUrl: 'http://127.0.0.1/v1', isSandbox: true });
const price = (id: string, input: bigint, output: bigint) => ({
  id,
  effectiveFromMs: 0,
  rates: { input: per(input), output: per(output) },
  tiers: [],
});
const stored: StoredCatalog = {
  version: 'v1',
  models: [
    {
      slug: 'acme/large',
      name: 'Large',
      author: 'acme',
      aliases: ['large', 'large-2026-01-01'],
      operation: 'chat',
      capabilities: {
        inputModalities: ['text'],
        outputModalities: ['text'],
        supportsTools: true,
        supportsReasoning: false,
        supportsJsonSchema: true,
      },
      createdAtSeconds: 0,
    },
  ],
  endpoints: [
    {
      id: 'acme/large@acme',
      modelSlug: 'acme/large',
      providerId: 'acme',
      upstreamModel: 'large-1',
      operation: 'chat',
      protocol: 'openai-chat',
      price: price('p1', 5n, 6n),
    },
    {
      id: 'acme/small@acme',
      modelSlug: 'acme/small',
      providerId: 'acme',
      upstreamModel: 'small-1',
      operation: 'chat',
      protocol: 'openai-chat',
      price: price('p2', 1n, 90n),
    },
  ],
  priceBooks: new Map(),
};
const options: SnapshotOptions = {
  providers: [acme, sandbox],
  settings: new Map([['acme', { apiKey: 'secret', baseUrl: undefined }]]),
  sandboxUrl: 'http://127.0.0.1:9/',
  usesSandboxFallback: false,
};
const call = { name: 'large', operation: 'chat', mode: 'live', allowsUnlistedModels: true } as const;

describe('buildSnapshot', () => {
  it('reaches a provider at its own address, and at the operator’s where one is given', () => {
    expect(buildSnapshot(stored, options).targets.get('acme')).toMatchObject({
      origin: 'https://api.acme.example',
      basePath: '/openai/v1',
      credential: { secret: 'secret' },
    });
    const moved = {
      ...options,
      settings: new Map([['acme', { apiKey: 'secret', baseUrl: 'http://127.0.0.1:4010/case/v1' }]]),
    };
    expect(buildSnapshot(stored, moved).targets.get('acme')).toMatchObject({
      origin: 'http://127.0.0.1:4010',
      basePath: '/case/v1',
    });
  });

  it('offers no provider without a key', () => {
    const { catalog, targets } = buildSnapshot(stored, { ...options, settings: new Map(), sandboxUrl: undefined });
    expect(targets.size).toBe(0);
    expect(() => resolveModel(catalog, call)).toThrow(expect.objectContaining({ code: 'no_eligible_endpoint' }));
  });

  it('lets the sandbox stand in for every model, at the model’s own price', () => {
    const { catalog } = buildSnapshot(stored, options);
    expect(resolveModel(catalog, { ...call, mode: 'test' }).candidates).toMatchObject([
      { endpoint: { id: 'acme/large@sandbox', providerId: 'sandbox', upstreamModel: 'large-1', price: { id: 'p1' } } },
    ]);
    expect(resolveModel(catalog, call).candidates.map((candidate) => candidate.endpoint.providerId)).toEqual(['acme']);
    const withoutKeys = buildSnapshot(stored, { ...options, settings: new Map(), usesSandboxFallback: true });
    expect(resolveModel(withoutKeys.catalog, call).candidates[0]?.endpoint.providerId).toBe('sandbox');
  });

  it('holds unlisted models at the provider’s dearest price', () => {
    const { catalog } = buildSnapshot(stored, options);
    expect(resolveModel(catalog, { ...call, name: 'acme/brand-new' }).candidates[0]?.holdPrice.id).toBe('p2');
  });
});
