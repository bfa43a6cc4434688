import { findProvider } from '@pydantic/genai-prices';
import type { Price } from '@turnpike/core/catalog/price';
import { expect, test } from 'vitest';
import { catalogEndpoints, catalogModels, catalogPrices, ceilingPrice } from './catalog.ts';

const nowMs = Date.UTC(2026, 10, 24);
const endpoints = catalogEndpoints(nowMs);

test('a model and an endpoint have one name, and no name means two models', () => {
  const names = catalogModels.flatMap(({ slug, aliases }) => [slug, ...aliases]);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  expect(twice).toEqual([]);
  expect(new Set(endpoints.map(({ id }) => id)).size).toBe(endpoints.length);
  expect(new Set(catalogPrices.map(({ id }) => id)).size).toBe(catalogPrices.length);
});

test('every model has an endpoint with a price in force, within the limits of numbers', () => {
  for (const { slug } of catalogModels) {
    const own = endpoints.filter(({ modelSlug }) => modelSlug === slug);
    expect([slug, own.length > 0 && own.every(({ price }) => price !== undefined)]).toEqual([slug, true]);
  }
});

test('a bare name, a dated id and a dotted spelling find their model', () => {
  const slugOf = (alias: string) => catalogModels.find(({ aliases }) => aliases.includes(alias))?.slug;
  expect(slugOf('claude-sonnet-4-5')).toBe('anthropic/claude-sonnet-4-5');
  expect(slugOf('claude-sonnet-4-5-20250929')).toBe('anthropic/claude-sonnet-4-5');
  expect(slugOf('anthropic/claude-sonnet-4.5')).toBe('anthropic/claude-sonnet-4-5');
  expect(slugOf('gpt-4o-mini-2024-07-18')).toBe('openai/gpt-4o-mini');
  expect(slugOf('groq/llama-3.3-70b-versatile')).toBe('meta-llama/llama-3.3-70b-instruct');
});

test('a snapshot among several is a model of its own, so that naming it gets it', () => {
  const endpoint = endpoints.find(({ modelSlug }) => modelSlug === 'openai/gpt-4o-2024-08-06');
  expect(endpoint?.upstreamModel).toBe('gpt-4o-2024-08-06');
});

test('long-context rates begin where the vendor says, for every bucket at once', () => {
  const price = endpoints.find(({ modelSlug }) => modelSlug === 'openai/gpt-5.5')?.price;
  expect(price?.rates).toMatchObject({ input: 5_000_000_000n, cacheRead: 500_000_000n, output: 30_000_000_000n });
  expect(price?.tiers).toMatchObject([
    {
      aboveInputTokens: 271_999,
      rates: { input: 10_000_000_000n, cacheRead: 1_000_000_000n, output: 45_000_000_000n },
    },
  ]);
});

test('a price that changed is closed when the next one begins', () => {
  const prices = catalogPrices.filter(({ endpointId }) => endpointId === 'anthropic/claude-opus-4-6@anthropic');
  expect(prices.length).toBeGreaterThanOrEqual(2);
  for (const [index, price] of prices.entries()) {
    expect(price.effectiveToMs).toBe(prices[index + 1]?.effectiveFromMs);
  }
  const before = catalogEndpoints(Date.UTC(2026, 2, 1)).find(
    ({ modelSlug }) => modelSlug === 'anthropic/claude-opus-4-6',
  );
  expect(before?.price?.tiers).toHaveLength(1);
});

test('prices are those of the list: input and output of every model, recomputed from the list itself', () => {
  let compared = 0;
  for (const { providerId, upstreamModel, price } of endpoints) {
    const listed = findProvider({ providerId })?.models.find(({ id }) => id === upstreamModel);
    if (listed !== undefined && !Array.isArray(listed.prices)) {
      for (const [unit, rate] of [
        ['input_mtok', price?.rates.input],
        ['output_mtok', price?.rates.output],
        ['cache_read_mtok', price?.rates.cacheRead],
      ] as const) {
        const usd = listed.prices[unit];
        const base = typeof usd === 'object' ? usd.base : usd;
        expect([upstreamModel, unit, rate ?? 0n]).toEqual([upstreamModel, unit, BigInt(Math.round((base ?? 0) * 1e9))]);
        compared += 1;
      }
    }
  }
  expect(compared).toBeGreaterThan(90);
});

test('the ceiling of a provider is at least as dear as each of its endpoints, at their dearest tiers', () => {
  const highest = (price: Price | undefined) =>
    [price?.rates, ...(price?.tiers ?? []).map(({ rates }) => rates)]
      .map((rates) => (rates?.input ?? 0n) + (rates?.output ?? 0n))
      .reduce((top, sum) => (sum > top ? sum : top), 0n);
  const own = endpoints.filter(({ providerId }) => providerId === 'openai').map(({ price }) => highest(price));
  expect(highest(ceilingPrice('openai', nowMs))).toBe(own.reduce((top, sum) => (sum > top ? sum : top), 0n));
  expect(ceilingPrice('nobody', nowMs)).toBeUndefined();
});
