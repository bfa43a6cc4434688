import type { Price, PriceBookEntry, PriceRates } from '../catalog/price.ts';
import { totalInputTokens, type Usage } from '../inference/usage.ts';
import { nanoUsdPerMillion, priceQuantities, type NanoUsd, type NanoUsdPerMillion } from '../money.ts';

/** The kinds of lines on a call's bill, in the order in which they are shown. */
export const costLineKinds = [
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
] as const;

export type CostLineKind = (typeof costLineKinds)[number];

/** So many units of a kind at a rate per million. */
export interface CostLine {
  readonly kind: CostLineKind;
  readonly quantity: number;
  readonly price: NanoUsdPerMillion;
}

const free = nanoUsdPerMillion(0n);

/**
 * The rates that hold for a call of so many input tokens: those of the highest tier that it passes, else the base.
 * Vendors charge the whole call at the tier's rates, not only the part above (e.g. https://ai.google.dev/pricing).
 */
export function ratesFor(price: Price, inputTokens: number): PriceRates {
  let rates = price.rates;
  for (const tier of price.tiers) {
    if (inputTokens > tier.aboveInputTokens) {
      rates = tier.rates;
    }
  }
  return rates;
}

/**
 * The rate of one kind. A bucket that the vendor does not sell apart costs what its parent costs: cached input is
 * input, a one-hour write is at least a five-minute write, reasoning is output.
 */
export function rateOf(rates: PriceRates, kind: CostLineKind): NanoUsdPerMillion {
  switch (kind) {
    case 'input':
      return rates.input;
    case 'cacheRead':
      return rates.cacheRead ?? rates.input;
    case 'cacheWrite5m':
      return rates.cacheWrite5m ?? rates.input;
    case 'cacheWrite1h':
      return rates.cacheWrite1h ?? rates.cacheWrite5m ?? rates.input;
    case 'audioInput':
      return rates.audioInput ?? rates.input;
    case 'output':
      return rates.output;
    case 'reasoning':
      return rates.reasoning ?? rates.output;
    case 'audioOutput':
      return rates.audioOutput ?? rates.output;
    case 'webSearch':
      return rates.webSearch ?? free;
    case 'request':
      return rates.request ?? free;
    default:
      return kind satisfies never;
  }
}

/** The lines of a call's bill: every bucket that was used, at its rate. Empty buckets and free requests are left out. */
export function costLines(usage: Usage, price: Price): readonly CostLine[] {
  const rates = ratesFor(price, totalInputTokens(usage));
  const lines: CostLine[] = [];
  for (const kind of costLineKinds) {
    const quantity = quantityOf(usage, kind);
    const rate = rateOf(rates, kind);
    if (quantity > 0 && !(kind === 'request' && rate === 0n)) {
      lines.push({ kind, quantity, price: rate });
    }
  }
  return lines;
}

/** What the provider is owed for this usage. Throws RangeError for counts that are not non-negative integers. */
export function priceUsage(usage: Usage, price: Price): NanoUsd {
  return priceQuantities(costLines(usage, price));
}

/** What the tenant owes for this usage: the list price, or what the price book says of it. */
export function chargeUsage(usage: Usage, price: Price, entry: PriceBookEntry | undefined): NanoUsd {
  if (entry?.fixedRates !== undefined) {
    return priceQuantities(costLines(usage, { ...price, rates: entry.fixedRates, tiers: [] }));
  }
  return priceQuantities(costLines(usage, price), entry);
}

function quantityOf(usage: Usage, kind: CostLineKind): number {
  switch (kind) {
    case 'input':
      return usage.inputTokens;
    case 'cacheRead':
      return usage.cacheReadTokens;
    case 'cacheWrite5m':
      return usage.cacheWrite5mTokens;
    case 'cacheWrite1h':
      return usage.cacheWrite1hTokens;
    case 'audioInput':
      return usage.audioInputTokens;
    case 'output':
      return usage.outputTokens;
    case 'reasoning':
      return usage.reasoningTokens;
    case 'audioOutput':
      return usage.audioOutputTokens;
    case 'webSearch':
      return usage.webSearches;
    case 'request':
      return 1;
    default:
      return kind satisfies never;
  }
}
