import type { NanoUsdPerMillion } from '../money.ts';

/** Prices per million units of each bucket of `Usage`, and per million requests. Absent = the bucket is not sold apart. */
export interface PriceRates {
  readonly input: NanoUsdPerMillion;
  readonly cacheRead?: NanoUsdPerMillion;
  readonly cacheWrite5m?: NanoUsdPerMillion;
  readonly cacheWrite1h?: NanoUsdPerMillion;
  readonly audioInput?: NanoUsdPerMillion;
  readonly output: NanoUsdPerMillion;
  readonly reasoning?: NanoUsdPerMillion;
  readonly audioOutput?: NanoUsdPerMillion;
  readonly webSearch?: NanoUsdPerMillion;
  readonly request?: NanoUsdPerMillion;
}

/** Rates that hold once a call reads more than so many input tokens (long-context surcharges). */
export interface PriceTier {
  readonly aboveInputTokens: number;
  readonly rates: PriceRates;
}

/** One effective-dated price of an endpoint. A usage attempt stores its id and is never priced again. */
export interface Price {
  readonly id: string;
  readonly effectiveFromMs: number;
  readonly rates: PriceRates;
  /** In ascending order of `aboveInputTokens`. */
  readonly tiers: readonly PriceTier[];
}

/** What a plan or organization pays relative to the endpoint's price: `numerator / denominator`, or fixed rates. */
export interface PriceBookEntry {
  readonly id: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly fixedRates?: PriceRates;
}
