import type { ModelView } from '@turnpike/contracts/models';

/** Whose models a newcomer is likely to look for first. */
const familiarAuthors = ['openai', 'anthropic', 'meta', 'google', 'mistral'];

function outputPrice(model: ModelView): bigint | undefined {
  const rates = model.endpoints
    .flatMap((endpoint) => endpoint.price?.rates ?? [])
    .filter((rate) => rate.bucket === 'output');
  return rates.length === 0 ? undefined : BigInt(rates[0]?.nanoUsdPerMillion ?? '0');
}

/**
 * Chat models for a first call, in the order to offer them: priced ones only, familiar authors first, and the cheapest of
 * an author first, because a first call should cost next to nothing.
 */
export function modelsForFirstCall(models: readonly ModelView[]): readonly ModelView[] {
  const rank = (model: ModelView): number => {
    const index = familiarAuthors.indexOf(model.author);
    return index === -1 ? familiarAuthors.length : index;
  };
  return models
    .filter((model) => model.operation === 'chat')
    .flatMap((model) => {
      const price = outputPrice(model);
      return price === undefined ? [] : [{ model, price }];
    })
    .sort(
      (a, b) => rank(a.model) - rank(b.model) || Number(a.price - b.price) || a.model.slug.localeCompare(b.model.slug),
    )
    .map(({ model }) => model);
}
