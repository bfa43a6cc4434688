import type { Endpoint, Model } from '@turnpike/core/catalog/model';
import type { Price, PriceRates } from '@turnpike/core/catalog/price';
import { nanoUsdPerMillion } from '@turnpike/core/money';
import { z } from 'zod';
import data from '../data/catalog.json' with { type: 'json' };

/** A price with the time in which it holds, as the catalogue publishes it. */
export interface CatalogPrice extends Price {
  readonly endpointId: string;
  /** Undefined: until further notice. */
  readonly effectiveToMs: number | undefined;
  readonly source: string;
}

const nanoUsd = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform((text) => nanoUsdPerMillion(BigInt(text)));

const ratesSchema = z
  .strictObject({
    input: nanoUsd,
    cacheRead: nanoUsd.optional(),
    cacheWrite5m: nanoUsd.optional(),
    cacheWrite1h: nanoUsd.optional(),
    audioInput: nanoUsd.optional(),
    output: nanoUsd,
    audioOutput: nanoUsd.optional(),
    webSearch: nanoUsd.optional(),
    request: nanoUsd.optional(),
  })
  // An absent rate is an absent property, not one that is undefined.
  .transform(({ input, output, ...others }): PriceRates => {
    const known = Object.entries(others).flatMap(([name, rate]) => (rate === undefined ? [] : [[name, rate] as const]));
    return { input, output, ...Object.fromEntries(known) };
  });

const moment = z.iso.datetime().transform((text) => Date.parse(text));
const tokens = z.int().positive();

const priceSchema = z.strictObject({
  id: z.uuid(),
  effectiveFrom: moment,
  source: z.string(),
  rates: ratesSchema,
  tiers: z.array(z.strictObject({ aboveInputTokens: tokens, rates: ratesSchema })),
});

const endpointSchema = z.strictObject({
  id: z.string(),
  providerId: z.string(),
  upstreamModel: z.string(),
  protocol: z.enum(['openai-chat', 'anthropic-messages', 'openai-embeddings']),
  contextTokens: tokens.optional(),
  maxOutputTokens: tokens.optional(),
  prices: z.array(priceSchema).min(1),
});

const modelSchema = z.strictObject({
  slug: z.string(),
  name: z.string(),
  author: z.string(),
  operation: z.enum(['chat', 'embeddings']),
  aliases: z.array(z.string()),
  capabilities: z.strictObject({
    inputModalities: z.array(z.enum(['text', 'image', 'audio', 'video', 'document'])),
    outputModalities: z.array(z.enum(['text', 'image', 'audio', 'embedding'])),
    supportsTools: z.boolean(),
    supportsReasoning: z.boolean(),
    supportsJsonSchema: z.boolean(),
    contextTokens: tokens.optional(),
    maxOutputTokens: tokens.optional(),
  }),
  releasedAt: moment,
  /** Where each fact comes from. */
  sources: z.record(z.string(), z.string()),
  endpoints: z.array(endpointSchema).min(1),
});

const catalog = z.strictObject({ pricesSource: z.string(), models: z.array(modelSchema) }).parse(data);

/** Every model of the catalogue, by slug. */
export const catalogModels: readonly Model[] = catalog.models.map(
  ({ slug, name, author, operation, aliases, capabilities, releasedAt }) => ({
    slug,
    name,
    author,
    operation,
    aliases,
    capabilities: {
      inputModalities: capabilities.inputModalities,
      outputModalities: capabilities.outputModalities,
      supportsTools: capabilities.supportsTools,
      supportsReasoning: capabilities.supportsReasoning,
      supportsJsonSchema: capabilities.supportsJsonSchema,
      ...limits(capabilities),
    },
    createdAtSeconds: Math.trunc(releasedAt / 1000),
  }),
);

/** Every price that the catalogue has ever published, each endpoint's oldest first. */
export const catalogPrices: readonly CatalogPrice[] = catalog.models.flatMap((model) =>
  model.endpoints.flatMap((endpoint) =>
    endpoint.prices.map(({ id, effectiveFrom, source, rates, tiers }, index) => ({
      id,
      endpointId: endpoint.id,
      effectiveFromMs: effectiveFrom,
      effectiveToMs: endpoint.prices[index + 1]?.effectiveFrom,
      source,
      rates,
      tiers,
    })),
  ),
);

/** Every endpoint of the catalogue, with the price in force at `nowMs`. */
export function catalogEndpoints(nowMs: number): readonly Endpoint[] {
  return catalog.models.flatMap((model) =>
    model.endpoints.map((endpoint) => ({
      id: endpoint.id,
      modelSlug: model.slug,
      providerId: endpoint.providerId,
      upstreamModel: endpoint.upstreamModel,
      operation: model.operation,
      protocol: endpoint.protocol,
      price: priceAt(endpoint.id, nowMs),
      ...limits(endpoint),
    })),
  );
}

/** The dearest price of a provider at `nowMs`, by the sum of its highest input and output rates; undefined without any. */
export function ceilingPrice(providerId: string, nowMs: number): Price | undefined {
  let dearest: Price | undefined;
  for (const endpoint of catalogEndpoints(nowMs)) {
    if (endpoint.providerId === providerId && endpoint.price !== undefined) {
      dearest = dearest === undefined || weight(endpoint.price) > weight(dearest) ? endpoint.price : dearest;
    }
  }
  return dearest;
}

function priceAt(endpointId: string, nowMs: number): Price | undefined {
  const price = catalogPrices.find(
    ({ endpointId: id, effectiveFromMs, effectiveToMs }) =>
      id === endpointId && effectiveFromMs <= nowMs && (effectiveToMs === undefined || nowMs < effectiveToMs),
  );
  return price === undefined
    ? undefined
    : { id: price.id, effectiveFromMs: price.effectiveFromMs, rates: price.rates, tiers: price.tiers };
}

function weight(price: Price): bigint {
  return [price.rates, ...price.tiers.map(({ rates }) => rates)].reduce((top, { input, output }) => {
    const sum = input + output;
    return sum > top ? sum : top;
  }, 0n);
}

function limits({
  contextTokens,
  maxOutputTokens,
}: {
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}) {
  return {
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}
