import type { ModelView } from '@turnpike/contracts/models';

/** Whose models a newcomer is likely to look for first. */
const familiarAuthors = ['openai', 'anthropic', 'google', 'meta-llama', 'mistralai'];

/** A model with the price that a visitor compares: of its first endpoint that has one. */
export interface PricedModel {
  readonly model: ModelView;
  /** US dollars per million tokens, exact. */
  readonly inputUsd: string;
  readonly outputUsd: string;
}

interface Candidate extends PricedModel {
  readonly pricedFrom: string;
  readonly outputNanoUsd: bigint;
  readonly authorRank: number;
}

/**
 * Chat models in the order to offer them to somebody who has not chosen: familiar authors first, of an author the newest,
 * and of those the cheapest, because a first call should cost next to nothing. Models without a price are left out, and
 * the sandbox's own come last.
 */
export function modelsForNewcomers(models: readonly ModelView[]): readonly PricedModel[] {
  return models
    .filter((model) => model.operation === 'chat')
    .flatMap(candidateOf)
    .sort(
      (a, b) =>
        a.authorRank - b.authorRank ||
        a.model.author.localeCompare(b.model.author) ||
        b.pricedFrom.localeCompare(a.pricedFrom) ||
        Number(a.outputNanoUsd - b.outputNanoUsd) ||
        a.model.slug.localeCompare(b.model.slug),
    );
}

/** The first few of every author, in the same order: the breadth of the catalogue on little room. */
export function spreadOverAuthors(models: readonly PricedModel[], perAuthor: number): readonly PricedModel[] {
  const seen = new Map<string, number>();
  return models.filter(({ model }) => {
    const count = (seen.get(model.author) ?? 0) + 1;
    seen.set(model.author, count);
    return count <= perAuthor;
  });
}

function candidateOf(model: ModelView): readonly Candidate[] {
  const price = model.endpoints.find((endpoint) => endpoint.price !== null)?.price;
  const input = price?.rates.find((rate) => rate.bucket === 'input');
  const output = price?.rates.find((rate) => rate.bucket === 'output');
  if (price === undefined || price === null || input === undefined || output === undefined) {
    return [];
  }
  return [
    {
      model,
      inputUsd: input.usdPerMillion,
      outputUsd: output.usdPerMillion,
      pricedFrom: price.effectiveFrom,
      outputNanoUsd: BigInt(output.nanoUsdPerMillion),
      authorRank: rankOf(model.author),
    },
  ];
}

function rankOf(author: string): number {
  const index = familiarAuthors.indexOf(author);
  return index !== -1 ? index : author === 'sandbox' ? Number.MAX_SAFE_INTEGER : familiarAuthors.length;
}
