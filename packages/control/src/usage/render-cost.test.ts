import type { Price, PriceBookEntry } from '@turnpike/core/catalog/price';
import { zeroUsage } from '@turnpike/core/inference/usage';
import { nanoUsd, nanoUsdPerMillion, zeroUsd } from '@turnpike/core/money';
import { describe, expect, it } from 'vitest';
import { renderCost } from './render-cost.ts';

const price: Price = {
  id: '01890000-0000-7000-8000-000000000001',
  effectiveFromMs: Date.UTC(2025, 0, 1),
  rates: {
    input: nanoUsdPerMillion(37_500_000n),
    cacheRead: nanoUsdPerMillion(3_750_000n),
    output: nanoUsdPerMillion(150_000_000n),
  },
  tiers: [
    {
      aboveInputTokens: 200_000,
      rates: { input: nanoUsdPerMillion(75_000_000n), output: nanoUsdPerMillion(300_000_000n) },
    },
  ],
};
const usage = { ...zeroUsage, inputTokens: 1_001, cacheReadTokens: 3, outputTokens: 10 };
// 1001 × 0.0375 + 3 × 0.00375 + 10 × 0.15 micro-dollars = 39.04875 micro-dollars = 39,048.75 nano-dollars.
const charge = nanoUsd(39_049n);

describe('renderCost', () => {
  it('explains a charge by lines that are exact and a total that is rounded once', () => {
    const cost = renderCost({ usage, chargeNanoUsd: charge, price, priceBookEntry: undefined });
    expect(cost.lines.map(({ bucket, quantity, amountUsd }) => [bucket, quantity, amountUsd])).toStrictEqual([
      ['input', 1_001, '0.0000375375'],
      ['cacheRead', 3, '0.00000001125'],
      ['output', 10, '0.0000015'],
    ]);
    expect(cost).toMatchObject({
      totalUsd: '0.000039049',
      totalNanoUsd: '39049',
      recomputedNanoUsd: '39049',
      matches: true,
      price: { effectiveFrom: '2025-01-01T00:00:00.000Z', aboveInputTokens: null },
    });
  });

  it('says so when a charge is not what its lines come to', () => {
    const cost = renderCost({ usage, chargeNanoUsd: nanoUsd(40_000n), price, priceBookEntry: undefined });
    expect([cost.matches, cost.recomputedNanoUsd]).toStrictEqual([false, '39049']);
  });

  it('names the tier whose rates held', () => {
    const long = { ...zeroUsage, inputTokens: 200_001 };
    const cost = renderCost({ usage: long, chargeNanoUsd: nanoUsd(15_000_075n), price, priceBookEntry: undefined });
    expect([cost.price?.aboveInputTokens, cost.matches, cost.lines[0]?.usdPerMillion]).toStrictEqual([
      200_000,
      true,
      '0.075',
    ]);
  });

  it('applies a markup to the sum and shows it beside the list prices', () => {
    const entry: PriceBookEntry = { id: 'entry', numerator: 11n, denominator: 10n };
    const cost = renderCost({ usage, chargeNanoUsd: nanoUsd(42_954n), price, priceBookEntry: entry });
    expect(cost).toMatchObject({ matches: true, priceBookEntry: { numerator: '11', denominator: '10' } });
    expect(cost.lines[0]?.usdPerMillion).toBe('0.0375');
  });

  it('shows the fixed rates of a price book in place of the list prices', () => {
    const fixedRates = { input: nanoUsdPerMillion(1_000_000n), output: nanoUsdPerMillion(2_000_000n) };
    const entry: PriceBookEntry = { id: 'entry', numerator: 1n, denominator: 1n, fixedRates };
    const cost = renderCost({ usage, chargeNanoUsd: nanoUsd(1_024n), price, priceBookEntry: entry });
    expect([cost.matches, cost.lines.map((line) => line.usdPerMillion)]).toStrictEqual([
      true,
      ['0.001', '0.001', '0.002'],
    ]);
  });

  it('has no lines for what cost nothing, and none without a stored price', () => {
    expect(renderCost({ usage, chargeNanoUsd: zeroUsd, price, priceBookEntry: undefined })).toMatchObject({
      lines: [],
      totalUsd: '0',
      matches: null,
    });
    expect(renderCost({ usage, chargeNanoUsd: charge, price: undefined, priceBookEntry: undefined })).toMatchObject({
      lines: [],
      totalUsd: '0.000039049',
      recomputedNanoUsd: null,
    });
  });
});
