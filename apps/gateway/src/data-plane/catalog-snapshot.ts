import type { ProviderDefinition } from '@turnpike/adapters/provider';
import type { Catalog, CatalogProvider } from '@turnpike/core/catalog/catalog';
import type { Endpoint, Model } from '@turnpike/core/catalog/model';
import type { Price, PriceBookEntry } from '@turnpike/core/catalog/price';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';

import type { CatalogSnapshot, ProviderTarget } from './ports.ts';

/** The catalogue as it is stored: what may be called, whoever can be reached from here. */
export interface StoredCatalog {
  readonly version: string;
  readonly models: readonly Model[];
  readonly endpoints: readonly Endpoint[];
  readonly priceBooks: ReadonlyMap<string, ReadonlyMap<string, PriceBookEntry>>;
}

export interface SnapshotOptions {
  readonly providers: readonly ProviderDefinition[];
  /** Key and address of each provider that is live, by id. */
  readonly settings: ReadonlyMap<string, { readonly apiKey: string; readonly baseUrl: string | undefined }>;
  readonly sandboxUrl: string | undefined;
  readonly usesSandboxFallback: boolean;
}

/** The sandbox asks for a key of no secrecy: it serves made-up answers only. */
const sandboxKey = 'sandbox';

/**
 * Joins the stored catalogue with what this gateway can reach: providers with a credential, and the sandbox standing
 * in for every model under the model's own price, so that a first look and a test show real figures.
 */
export function buildSnapshot(stored: StoredCatalog, options: SnapshotOptions): CatalogSnapshot {
  const targets = reachableTargets(options);
  const endpoints = new Map<string, Endpoint[]>();
  const add = (endpoint: Endpoint): void => {
    const list = endpoints.get(endpoint.modelSlug);
    if (list === undefined) {
      endpoints.set(endpoint.modelSlug, [endpoint]);
    } else {
      list.push(endpoint);
    }
  };
  for (const endpoint of stored.endpoints) {
    add(endpoint);
  }
  for (const model of stored.models) {
    const standIn = sandboxEndpoint(model, endpoints.get(model.slug) ?? [], targets);
    if (standIn !== undefined) {
      add(standIn);
    }
  }
  const catalog: Catalog = {
    version: stored.version,
    models: new Map(stored.models.map((model) => [model.slug, model])),
    aliases: new Map(stored.models.flatMap((model) => model.aliases.map((alias) => [alias, model.slug] as const))),
    endpoints,
    providers: new Map(
      [...targets.values()].map(({ definition }) => [definition.id, describeProvider(definition, stored.endpoints)]),
    ),
    priceBooks: stored.priceBooks,
    usesSandboxFallback: options.usesSandboxFallback,
  };
  return { catalog, targets };
}

function reachableTargets(options: SnapshotOptions): ReadonlyMap<string, ProviderTarget> {
  const targets = new Map<string, ProviderTarget>();
  for (const definition of options.providers) {
    if (definition.isSandbox === true) {
      if (options.sandboxUrl !== undefined) {
        const url = new URL(new URL(definition.baseUrl).pathname, options.sandboxUrl);
        targets.set(definition.id, { definition, ...placeOf(url), credential: { secret: sandboxKey } });
      }
      continue;
    }
    const settings = options.settings.get(definition.id);
    if (settings !== undefined) {
      const url = new URL(settings.baseUrl ?? definition.baseUrl);
      targets.set(definition.id, { definition, ...placeOf(url), credential: { secret: settings.apiKey } });
    }
  }
  return targets;
}

function placeOf(url: URL): Pick<ProviderTarget, 'origin' | 'basePath'> {
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}

/** The sandbox's endpoint for a model that others serve: the same wire format, name, limits and price. */
function sandboxEndpoint(
  model: Model,
  own: readonly Endpoint[],
  targets: ReadonlyMap<string, ProviderTarget>,
): Endpoint | undefined {
  const [first] = own;
  if (first === undefined || own.some((endpoint) => targets.get(endpoint.providerId)?.definition.isSandbox === true)) {
    return undefined;
  }
  const sandboxes = [...targets.values()].filter(({ definition }) => definition.isSandbox === true);
  const sandbox =
    sandboxes.find(({ definition }) => definition.speaks[model.operation]?.protocol === first.protocol) ??
    sandboxes.find(({ definition }) => definition.speaks[model.operation] !== undefined);
  const protocol = sandbox?.definition.speaks[model.operation]?.protocol;
  if (sandbox === undefined || protocol === undefined) {
    return undefined;
  }
  return { ...first, id: `${model.slug}@${sandbox.definition.id}`, providerId: sandbox.definition.id, protocol };
}

function describeProvider(definition: ProviderDefinition, endpoints: readonly Endpoint[]): CatalogProvider {
  const protocols: Partial<Record<Operation, ProtocolName>> = {};
  if (definition.speaks.chat !== undefined) {
    protocols.chat = definition.speaks.chat.protocol;
  }
  if (definition.speaks.embeddings !== undefined) {
    protocols.embeddings = definition.speaks.embeddings.protocol;
  }
  const own = endpoints.filter((endpoint) => endpoint.providerId === definition.id);
  const priced = own.length > 0 ? own : endpoints;
  return { id: definition.id, protocols, ceilingPrice: dearest(priced), isSandbox: definition.isSandbox === true };
}

/**
 * The dearest price of a provider's endpoints by the sum of its highest input and output rates: the ceiling that calls
 * to unlisted models are held at. A provider without catalogue prices is held at the dearest of all.
 */
function dearest(endpoints: readonly Endpoint[]): Price | undefined {
  let found: Price | undefined;
  let weight = -1n;
  for (const { price } of endpoints) {
    if (price !== undefined) {
      const own = [price.rates, ...price.tiers.map((tier) => tier.rates)].reduce((top, rates) => {
        const sum = rates.input + rates.output;
        return sum > top ? sum : top;
      }, 0n);
      if (own > weight) {
        [found, weight] = [price, own];
      }
    }
  }
  return found;
}
