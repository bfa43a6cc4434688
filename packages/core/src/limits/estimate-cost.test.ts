import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candidate } from '../catalog/model.ts';
import type { Price, PriceBookEntry } from '../catalog/price.ts';
import { zeroUsage } from '../inference/usage.ts';
import { chargeUsage } from '../metering/price-usage.ts';
import { nanoUsd, nanoUsdPerMillion as per } from '../money.ts';
import {
  affordableOutputTokens,
  clampToAffordable,
  estimateCost,
  holdAmount,
  type EstimateFacts,
} from './estimate-cost.ts';

const candidate = (holdPrice: Price, maxOutputTokens?: number): Candidate => ({
  endpoint: {
    id: `m@${holdPrice.id}`,
    modelSlug: 'm',
    providerId: holdPrice.id,
    upstreamModel: 'm',
    operation: 'chat',
    protocol: 'openai-chat',
    price: holdPrice,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  },
  model: undefined,
  isUnlisted: false,
  holdPrice,
});
const facts: EstimateFacts = {
  inputTokensBound: 1_000,
  maxOutputTokens: 500,
  choiceCount: 1,
  searchesBound: 0,
  hasOutput: true,
};
const cheap: Price = {
  id: 'a',
  effectiveFromMs: 0,
  rates: { input: per(1_000_000n), output: per(2_000_000n) },
  tiers: [],
};
const dear: Price = {
  id: 'b',
  effectiveFromMs: 0,
  rates: {
    input: per(3_000_000n),
    cacheWrite1h: per(5_000_000n),
    output: per(1_000_000n),
    reasoning: per(4_000_000n),
    request: per(7_000_000n),
  },
  tiers: [],
};
const none = (): undefined => undefined;

describe('estimateCost', () => {
  it('takes the dearest route for each part', () => {
    const estimate = estimateCost(facts, [candidate(cheap), candidate(dear)], none);
    expect(estimate).toMatchObject({
      fixedNanoUsd: 5_007n,
      outputRate: 4_000_000n,
      outputTokens: 500,
      isOutputLimitChosen: true,
    });
    expect(holdAmount(estimate)).toBe(7_007n);
  });

  it('uses the model’s own limit when the caller set none, and multiplies it by the choices', () => {
    const open = { ...facts, maxOutputTokens: undefined, choiceCount: 3 };
    expect(estimateCost(open, [candidate(cheap, 100), candidate(dear, 200)], none).outputTokens).toBe(600);
  });

  it('never holds more input than the model can read', () => {
    const small = { ...candidate(cheap), endpoint: { ...candidate(cheap).endpoint, contextTokens: 100 } };
    expect(estimateCost(facts, [small], none).fixedNanoUsd).toBe(100n);
  });

  it('holds every search that the call may make, at the dearest rate of the route', () => {
    const searching: Price = { ...cheap, rates: { ...cheap.rates, webSearch: per(10_000_000_000_000n) } };
    const held = (searchesBound: number): bigint =>
      estimateCost({ ...facts, searchesBound }, [candidate(searching), candidate(cheap)], none).fixedNanoUsd;
    expect(held(0)).toBe(1_000n);
    expect(held(3)).toBe(30_001_000n);
  });

  it('holds no output for embeddings', () => {
    expect(estimateCost({ ...facts, hasOutput: false }, [candidate(cheap)], none).outputTokens).toBe(0);
  });

  it('is never below the charge of any usage within its bounds, over tiers and price books', () => {
    const rate = fc.bigInt({ min: 0n, max: 10n ** 11n }).map(per);
    const rates = fc.record({
      input: rate,
      cacheRead: rate,
      cacheWrite5m: rate,
      cacheWrite1h: rate,
      output: rate,
      reasoning: rate,
      webSearch: rate,
      request: rate,
    });
    const price = fc.record({
      id: fc.constant('p'),
      effectiveFromMs: fc.constant(0),
      rates,
      tiers: fc.array(fc.record({ aboveInputTokens: fc.nat({ max: 1_000 }), rates }), { maxLength: 2 }),
    });
    const book: fc.Arbitrary<PriceBookEntry | undefined> = fc.option(
      fc.record({
        id: fc.constant('b'),
        numerator: fc.bigInt({ min: 1n, max: 300n }),
        denominator: fc.bigInt({ min: 1n, max: 300n }),
      }),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        price,
        book,
        fc.nat({ max: 500 }),
        fc.nat({ max: 500 }),
        fc.nat({ max: 500 }),
        fc.nat({ max: 20 }),
        (shape, entry, fresh, read, output, webSearches) => {
          const sorted = {
            ...shape,
            tiers: shape.tiers.toSorted((left, right) => left.aboveInputTokens - right.aboveInputTokens),
          };
          const estimate = estimateCost(
            { ...facts, inputTokensBound: fresh + read, maxOutputTokens: output, searchesBound: webSearches },
            [candidate(sorted)],
            () => entry,
          );
          const usage = { ...zeroUsage, inputTokens: fresh, cacheReadTokens: read, outputTokens: output, webSearches };
          expect(holdAmount(estimate) >= chargeUsage(usage, sorted, entry)).toBe(true);
        },
      ),
    );
  });
});

describe('clampToAffordable', () => {
  const open = estimateCost({ ...facts, maxOutputTokens: undefined }, [candidate(cheap, 10_000)], none);

  it('clamps to what the balance pays for, and the hold then fits', () => {
    const clamped = clampToAffordable(open, nanoUsd(5_000n));
    expect(clamped?.outputTokens).toBe(2_000);
    expect(clamped && holdAmount(clamped)).toBe(5_000n);
  });

  it('does not clamp below a useful answer', () => {
    expect(clampToAffordable(open, nanoUsd(1_511n))).toBeUndefined();
    expect(clampToAffordable(open, nanoUsd(1_512n))?.outputTokens).toBe(256);
  });

  it('never changes a limit that the caller chose', () => {
    expect(clampToAffordable({ ...open, isOutputLimitChosen: true }, nanoUsd(5_000n))).toBeUndefined();
  });

  it('says how much output is affordable', () => {
    expect(affordableOutputTokens(open, nanoUsd(999n))).toBe(0);
    expect(affordableOutputTokens(open, nanoUsd(10n ** 18n))).toBe(10_000);
    expect(affordableOutputTokens({ ...open, outputRate: 0n }, nanoUsd(1_000n))).toBe(10_000);
  });
});
