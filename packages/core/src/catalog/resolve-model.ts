import { GatewayError } from '../errors.ts';
import type { Operation } from '../inference/request.ts';
import type { Catalog, CatalogProvider } from './catalog.ts';
import type { Candidate, Endpoint, Model } from './model.ts';

/** What resolution must know about the caller. */
export interface ResolveFacts {
  readonly name: string;
  readonly operation: Operation;
  readonly mode: 'live' | 'test';
  readonly allowsUnlistedModels: boolean;
}

export interface ResolvedModel {
  /** The catalogue's slug, or the caller's own `provider/model` for an unlisted one. */
  readonly slug: string;
  readonly model: Model | undefined;
  readonly candidates: readonly Candidate[];
}

/** Longer names are not models, and would make the search for suggestions slow. */
const maxNameLength = 256;
const maxSuggestions = 3;

/**
 * Finds what a name means: a slug, an alias, or `provider/upstream-model` where the organization allows unlisted
 * models. Throws `model_not_found` with suggestions, and `no_eligible_endpoint` where the model exists but nothing
 * here serves it.
 */
export function resolveModel(catalog: Catalog, facts: ResolveFacts): ResolvedModel {
  const slug = catalog.aliases.get(facts.name) ?? facts.name;
  const model = catalog.models.get(slug);
  if (model !== undefined) {
    const candidates = listedCandidates(catalog, facts, model);
    if (candidates.length === 0) {
      throw noEndpoint(model, facts);
    }
    return { slug, model, candidates };
  }
  const unlisted = facts.allowsUnlistedModels ? unlistedCandidate(catalog, facts) : undefined;
  if (unlisted === undefined) {
    throw new GatewayError(
      'model_not_found',
      `There is no model \`${shorten(facts.name)}\`. GET /v1/models lists what your key may use.`,
      {
        param: 'model',
        metadata: { suggestions: suggestModels(catalog, facts.name) },
      },
    );
  }
  return { slug: facts.name, model: undefined, candidates: [unlisted] };
}

/** The endpoints of a model that this caller can reach: real providers for live keys, the sandbox for test keys. */
export function listedCandidates(
  catalog: Catalog,
  facts: Pick<ResolveFacts, 'operation' | 'mode'>,
  model: Model,
): readonly Candidate[] {
  const reachable: { endpoint: Endpoint; provider: CatalogProvider }[] = [];
  for (const endpoint of catalog.endpoints.get(model.slug) ?? []) {
    const provider = catalog.providers.get(endpoint.providerId);
    if (provider !== undefined && endpoint.operation === facts.operation) {
      reachable.push({ endpoint, provider });
    }
  }
  const sandbox = reachable.filter(({ provider }) => provider.isSandbox);
  const real = reachable.filter(({ provider }) => !provider.isSandbox);
  const isSandboxModel = model.author === 'sandbox';
  const mayUseSandbox = isSandboxModel || catalog.usesSandboxFallback;
  const chosen = facts.mode === 'test' ? sandbox : real.length > 0 || !mayUseSandbox ? real : sandbox;
  return chosen.flatMap(({ endpoint, provider }) => {
    const holdPrice = endpoint.price ?? provider.ceilingPrice;
    return holdPrice === undefined ? [] : [{ endpoint, model, isUnlisted: false, holdPrice }];
  });
}

function unlistedCandidate(catalog: Catalog, facts: ResolveFacts): Candidate | undefined {
  const slash = facts.name.indexOf('/');
  const upstreamModel = facts.name.slice(slash + 1);
  if (slash < 1 || upstreamModel === '' || facts.name.length > maxNameLength) {
    return undefined;
  }
  const provider = catalog.providers.get(facts.name.slice(0, slash));
  const protocol = provider?.protocols[facts.operation];
  if (provider === undefined || protocol === undefined || provider.ceilingPrice === undefined) {
    return undefined;
  }
  if (facts.mode === 'test' && !provider.isSandbox) {
    return undefined;
  }
  const endpoint: Endpoint = {
    id: `${facts.name}@${provider.id}`,
    modelSlug: facts.name,
    providerId: provider.id,
    upstreamModel,
    operation: facts.operation,
    protocol,
    price: undefined,
  };
  return { endpoint, model: undefined, isUnlisted: true, holdPrice: provider.ceilingPrice };
}

function noEndpoint(model: Model, facts: ResolveFacts): GatewayError {
  if (model.operation !== facts.operation) {
    return new GatewayError(
      'invalid_request',
      `\`${model.slug}\` is a model for ${model.operation}, not for ${facts.operation}.`,
      { param: 'model' },
    );
  }
  return new GatewayError(
    'no_eligible_endpoint',
    `No provider of \`${model.slug}\` is available here. Add a provider key, or choose another model.`,
    {
      param: 'model',
      metadata: { model: model.slug },
    },
  );
}

/** The nearest slugs and aliases by shared pairs of letters: cheap, order-tolerant, good enough for a typing error. */
export function suggestModels(catalog: Catalog, name: string): readonly string[] {
  if (name.length > maxNameLength) {
    return [];
  }
  const wanted = letterPairs(name);
  const scored = [...catalog.models.keys()]
    .map((slug) => ({ slug, score: likeness(wanted, letterPairs(slug)) }))
    .filter(({ score }) => score > 0.3)
    .toSorted((left, right) => right.score - left.score || left.slug.localeCompare(right.slug));
  return scored.slice(0, maxSuggestions).map(({ slug }) => slug);
}

function letterPairs(text: string): ReadonlySet<string> {
  const bare = text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const pairs = new Set<string>();
  for (let index = 0; index + 1 < bare.length; index += 1) {
    pairs.add(bare.slice(index, index + 2));
  }
  return pairs;
}

/** Dice's coefficient of two sets: 1 = equal, 0 = nothing in common. */
function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  if (left.size + right.size === 0) {
    return 0;
  }
  return (2 * left.intersection(right).size) / (left.size + right.size);
}

function shorten(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
