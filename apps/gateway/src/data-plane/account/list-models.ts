import { mayUseModel } from '@turnpike/core/access/authorize';
import type { Principal } from '@turnpike/core/access/principal';
import { priceBookEntry, type Catalog } from '@turnpike/core/catalog/catalog';
import type { Model } from '@turnpike/core/catalog/model';
import type { PriceRates } from '@turnpike/core/catalog/price';
import { listedCandidates } from '@turnpike/core/catalog/resolve-model';
import { GatewayError } from '@turnpike/core/errors';
import type { JsonObject } from '@turnpike/core/json';
import { formatUsdPerUnit, scalePrice, type NanoUsdPerMillion } from '@turnpike/core/money';

/**
 * The models that a key may call, in a shape that the OpenAI SDK (`object`, `created`, `owned_by`), the Anthropic SDK
 * (`type`, `display_name`, `created_at`, `has_more`) and readers of OpenRouter's price fields all understand.
 */
export function listModels(catalog: Catalog, principal: Principal): JsonObject {
  const data = [...catalog.models.values()].flatMap((model) => {
    const described = mayUseModel(principal, model.slug) ? describeModel(catalog, principal, model) : undefined;
    return described === undefined ? [] : [described];
  });
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
  };
}

/** One model by slug or alias. Throws `model_not_found` for what does not exist for this key. */
export function getModel(catalog: Catalog, principal: Principal, name: string): JsonObject {
  const slug = catalog.aliases.get(name) ?? name;
  const model = catalog.models.get(slug);
  const described =
    model !== undefined && mayUseModel(principal, slug) ? describeModel(catalog, principal, model) : undefined;
  if (described === undefined) {
    throw new GatewayError('model_not_found', 'There is no such model. GET /v1/models lists what your key may use.', {
      param: 'model',
    });
  }
  return described;
}

function describeModel(catalog: Catalog, principal: Principal, model: Model): JsonObject | undefined {
  const candidates = listedCandidates(catalog, { operation: model.operation, mode: principal.mode }, model);
  const [first] = candidates;
  if (first === undefined) {
    return undefined;
  }
  const { capabilities } = model;
  const entry = priceBookEntry(catalog, principal.priceBookId, first.endpoint.id);
  const rates = entry?.fixedRates ?? first.endpoint.price?.rates;
  const factor = entry?.fixedRates === undefined ? entry : undefined;
  return {
    id: model.slug,
    object: 'model',
    created: model.createdAtSeconds,
    owned_by: model.author,
    type: 'model',
    display_name: model.name,
    created_at: new Date(model.createdAtSeconds * 1_000).toISOString(),
    name: model.name,
    aliases: model.aliases,
    context_length: capabilities.contextTokens ?? null,
    architecture: { input_modalities: capabilities.inputModalities, output_modalities: capabilities.outputModalities },
    pricing:
      rates === undefined
        ? null
        : renderPricing(rates, (price) => (factor === undefined ? price : scalePrice(price, factor))),
    top_provider: {
      context_length: capabilities.contextTokens ?? null,
      max_completion_tokens: capabilities.maxOutputTokens ?? null,
    },
    supported_parameters: supportedParameters(model),
    providers: candidates.map((candidate) => candidate.endpoint.providerId),
  };
}

/** Decimal dollars per single token, request or search, as strings: what OpenRouter's clients read. */
function renderPricing(rates: PriceRates, own: (price: NanoUsdPerMillion) => NanoUsdPerMillion): JsonObject {
  const show = (price: NanoUsdPerMillion | undefined): string | undefined =>
    price === undefined ? undefined : formatUsdPerUnit(own(price));
  return {
    prompt: show(rates.input),
    completion: show(rates.output),
    input_cache_read: show(rates.cacheRead),
    input_cache_write: show(rates.cacheWrite5m),
    input_cache_write_1h: show(rates.cacheWrite1h),
    internal_reasoning: show(rates.reasoning),
    audio: show(rates.audioInput),
    web_search: show(rates.webSearch),
    request: show(rates.request),
  };
}

function supportedParameters(model: Model): readonly string[] {
  const { capabilities } = model;
  if (model.operation !== 'chat') {
    return ['dimensions', 'encoding_format'];
  }
  return [
    'max_tokens',
    'temperature',
    'top_p',
    'stop',
    ...(capabilities.supportsTools ? ['tools', 'tool_choice', 'parallel_tool_calls'] : []),
    ...(capabilities.supportsJsonSchema ? ['response_format', 'structured_outputs'] : []),
    ...(capabilities.supportsReasoning ? ['reasoning', 'reasoning_effort'] : []),
  ];
}
