import type { ListModelsQuery, ModelListView, ModelView } from '@turnpike/contracts/models';
import type { Endpoint, Model } from '@turnpike/core/catalog/model';
import type { Price, PriceRates } from '@turnpike/core/catalog/price';
import { GatewayError } from '@turnpike/core/errors';
import { formatUsd, nanoUsd } from '@turnpike/core/money';
import type { CatalogReads, Clock } from '../read-context.ts';

/** The catalogue belongs to no tenant: anybody may read it. */
export interface CatalogContext {
  readonly catalog: CatalogReads;
  readonly clock: Clock;
}

/** Lists the models on offer, by slug, with who serves them and at which price. */
export async function listModels(context: CatalogContext, query: ListModelsQuery): Promise<ModelListView> {
  const models = await loadModels(context);
  const words = (query.search ?? '').toLowerCase();
  const wanted = models.filter(
    (model) =>
      (query.operation === undefined || model.operation === query.operation) &&
      (query.providerId === undefined || model.endpoints.some(({ providerId }) => providerId === query.providerId)) &&
      [model.slug, model.name, ...model.aliases].some((name) => name.toLowerCase().includes(words)),
  );
  return { items: wanted, nextCursor: null };
}

/** Reads one model by its slug. Throws GatewayError `not_found`. */
export async function getModel(context: CatalogContext, slug: string): Promise<ModelView> {
  const models = await loadModels(context);
  const model = models.find((candidate) => candidate.slug === slug);
  if (model === undefined) {
    throw new GatewayError('not_found', 'There is no such model in the catalogue.');
  }
  return model;
}

async function loadModels({ catalog, clock }: CatalogContext): Promise<ModelView[]> {
  const { models, endpoints } = await catalog.loadCatalog(clock.nowMs());
  const byModel = Map.groupBy(endpoints, ({ modelSlug }) => modelSlug);
  return models.map((model) => renderModel(model, byModel.get(model.slug) ?? []));
}

function renderModel({ capabilities, ...model }: Model, endpoints: readonly Endpoint[]): ModelView {
  return {
    slug: model.slug,
    name: model.name,
    author: model.author,
    aliases: [...model.aliases],
    operation: model.operation,
    inputModalities: [...capabilities.inputModalities],
    outputModalities: [...capabilities.outputModalities],
    supportsTools: capabilities.supportsTools,
    supportsReasoning: capabilities.supportsReasoning,
    supportsJsonSchema: capabilities.supportsJsonSchema,
    contextTokens: capabilities.contextTokens ?? null,
    maxOutputTokens: capabilities.maxOutputTokens ?? null,
    endpoints: endpoints.map((endpoint) => ({
      id: endpoint.id,
      providerId: endpoint.providerId,
      upstreamModel: endpoint.upstreamModel,
      contextTokens: endpoint.contextTokens ?? null,
      maxOutputTokens: endpoint.maxOutputTokens ?? null,
      price: endpoint.price === undefined ? null : renderPrice(endpoint.price),
    })),
  };
}

function renderPrice(price: Price): NonNullable<ModelView['endpoints'][number]['price']> {
  return {
    id: price.id,
    effectiveFrom: new Date(price.effectiveFromMs).toISOString(),
    rates: renderRates(price.rates),
    tiers: price.tiers.map(({ aboveInputTokens, rates }) => ({ aboveInputTokens, rates: renderRates(rates) })),
  };
}

const buckets = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'output',
  'reasoning',
  'audioOutput',
  'webSearch',
  'request',
] as const satisfies readonly (keyof PriceRates)[];

/** Only what is sold apart: a bucket that is absent costs what its parent costs. */
function renderRates(rates: PriceRates): { bucket: string; usdPerMillion: string; nanoUsdPerMillion: string }[] {
  return buckets.flatMap((bucket) => {
    const rate = rates[bucket];
    return rate === undefined
      ? []
      : [{ bucket, usdPerMillion: formatUsd(nanoUsd(rate)), nanoUsdPerMillion: rate.toString() }];
  });
}
