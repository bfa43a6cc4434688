import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Price, PriceRates } from '../catalog/price.ts';
import { totalInputTokens, zeroUsage, type Usage } from '../inference/usage.ts';
import { nanoUsdPerMillion as per } from '../money.ts';
import { chargeUsage, costLines, priceUsage } from './price-usage.ts';

const base: PriceRates = { input: per(3_000_000_000n), output: per(15_000_000_000n) };
const flat: Price = { id: 'p', effectiveFromMs: 0, rates: base, tiers: [] };
const full: Price = {
  id: 'full',
  effectiveFromMs: 0,
  rates: {
    input: per(3_000_000_000n),
    cacheRead: per(300_000_000n),
    cacheWrite5m: per(3_750_000_000n),
    cacheWrite1h: per(6_000_000_000n),
    audioInput: per(10_000_000_000n),
    output: per(15_000_000_000n),
    reasoning: per(15_000_000_000n),
    audioOutput: per(40_000_000_000n),
    webSearch: per(10_000_000_000_000n),
    request: per(1_000_000_000_000n),
  },
  tiers: [{ aboveInputTokens: 200_000, rates: { input: per(6_000_000_000n), output: per(22_500_000_000n) } }],
};
const used = (part: Partial<Usage>): Usage => ({ ...zeroUsage, ...part });

describe('priceUsage', () => {
  it.each([
    [{ inputTokens: 1_000, outputTokens: 100 }, flat, 4_500_000n],
    [{ cacheReadTokens: 1_000 }, flat, 3_000_000n],
    [{ cacheWrite1hTokens: 1_000 }, flat, 3_000_000n],
    [{ reasoningTokens: 10 }, flat, 150_000n],
    [
      { inputTokens: 10, cacheReadTokens: 20, cacheWrite5mTokens: 30, cacheWrite1hTokens: 40 },
      full,
      30_000n + 6_000n + 112_500n + 240_000n + 1_000_000n,
    ],
    [{ webSearches: 2 }, full, 20_000_000n + 1_000_000n],
    [{ inputTokens: 200_000 }, full, 600_000_000n + 1_000_000n],
    [{ inputTokens: 200_001 }, full, 1_200_006_000n],
  ])('prices %j', (usage, price, expected) => {
    expect(priceUsage(used(usage), price)).toBe(expected);
  });

  it('lets cached input count towards the long-context tier, as vendors do', () => {
    expect(priceUsage(used({ cacheReadTokens: 200_001 }), full)).toBe(200_001n * 6_000n);
  });

  it('lists every bucket once, so that the lines add up to all tokens', () => {
    const count = fc.nat({ max: 1_000_000 });
    const counts: fc.Arbitrary<Usage> = fc.record({
      inputTokens: count,
      cacheReadTokens: count,
      cacheWrite5mTokens: count,
      cacheWrite1hTokens: count,
      audioInputTokens: count,
      outputTokens: count,
      reasoningTokens: count,
      audioOutputTokens: count,
      webSearches: count,
    });
    fc.assert(
      fc.property(counts, (usage) => {
        const tokens = costLines(usage, full).filter((line) => line.kind !== 'request' && line.kind !== 'webSearch');
        const sum = tokens.reduce((total, line) => total + line.quantity, 0);
        expect(sum).toBe(
          totalInputTokens(usage) + usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens,
        );
      }),
    );
  });

  it('refuses counts that would credit somebody', () => {
    expect(() => priceUsage(used({ inputTokens: 5, outputTokens: 0.5 }), flat)).toThrow(RangeError);
  });
});

describe('chargeUsage', () => {
  const usage = used({ inputTokens: 1_000, outputTokens: 100 });

  it('is the list price without a price book', () => {
    expect(chargeUsage(usage, flat, undefined)).toBe(4_500_000n);
  });

  it('applies a markup once, to the sum', () => {
    expect(chargeUsage(usage, flat, { id: 'b', numerator: 105n, denominator: 100n })).toBe(4_725_000n);
    expect(chargeUsage(used({ inputTokens: 1 }), flat, { id: 'b', numerator: 1n, denominator: 3_000n })).toBe(1n);
  });

  it('prefers rates that were fixed for the tenant, without tiers', () => {
    const entry = { id: 'b', numerator: 1n, denominator: 1n, fixedRates: { input: per(1_000_000n), output: per(0n) } };
    expect(chargeUsage(used({ inputTokens: 300_000, outputTokens: 9 }), full, entry)).toBe(300_000n);
  });
});
