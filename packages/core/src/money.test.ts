import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  formatUsd,
  formatUsdPerUnit,
  isExactInDoubles,
  nanoUsd,
  nanoUsdPerMillion,
  parseUsd,
  priceQuantities,
  scalePrice,
  scaleUsd,
  subtractUsd,
  sumUsd,
  usdForDisplay,
} from './money.ts';

const amounts = fc.bigInt({ min: -(2n ** 59n), max: 2n ** 59n }).map(nanoUsd);

describe('priceQuantities', () => {
  it.each([
    [1_000, 37_500_000n, 37_500n],
    [1, 37_500_000n, 38n],
    [1, 37_499_999n, 37n],
    [1, 500_000n, 1n],
    [1, 499_999n, 0n],
    [0, 10n ** 18n, 0n],
  ])('prices %i units at %i nano-dollars per million as %i, half a nano-dollar up', (quantity, price, expected) => {
    expect(priceQuantities([{ quantity, price: nanoUsdPerMillion(price) }])).toBe(expected);
  });

  it('costs the same however a quantity is split into lines', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.bigInt({ min: 0n, max: 10n ** 15n }), (left, right, rate) => {
        const price = nanoUsdPerMillion(rate);
        const split = priceQuantities([
          { quantity: left, price },
          { quantity: right, price },
        ]);
        expect(split).toBe(priceQuantities([{ quantity: left + right, price }]));
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses the quantity %d', (quantity) => {
    expect(() => priceQuantities([{ quantity, price: nanoUsdPerMillion(1n) }])).toThrow(RangeError);
  });
});

describe('text of amounts', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parseUsd(formatUsd(amount))).toBe(amount);
      }),
    );
  });

  it.each([
    [0n, '0'],
    [1n, '0.000000001'],
    [-1n, '-0.000000001'],
    [12_500_000_000n, '12.5'],
    [420_000n, '0.00042'],
  ])('writes %i nano-dollars as %s', (amount, text) => {
    expect(formatUsd(nanoUsd(amount))).toBe(text);
    expect(usdForDisplay(nanoUsd(amount))).toBe(Number(text));
  });

  it.each(['', '1e3', '.5', '1.', '0.0000000001', '1,000', '0x10', ' 1', '1234567890123'])('refuses %j', (text) => {
    expect(() => parseUsd(text)).toThrow(RangeError);
  });
});

describe('arithmetic', () => {
  it('gives back what was taken away', () => {
    fc.assert(
      fc.property(amounts, amounts, (left, right) => {
        expect(sumUsd(subtractUsd(left, right), right)).toBe(left);
      }),
    );
  });

  it('rounds half up below zero as well, so that a refund of a charge leaves nothing over by sign', () => {
    expect(scaleUsd(nanoUsd(-3n), 1n, 2n)).toBe(-1n);
    expect(scaleUsd(nanoUsd(3n), 1n, 2n)).toBe(2n);
    expect(scaleUsd(nanoUsd(-7n), 1n, 3n)).toBe(-2n);
  });

  it.each([
    [2_500_000_000n, '0.0000025'],
    [1_000_000_000_000_000n, '1'],
    [37_500_000n, '0.0000000375'],
    [0n, '0'],
  ])('shows %i nano-dollars per million as %s dollars each', (price, text) => {
    expect(formatUsdPerUnit(nanoUsdPerMillion(price))).toBe(text);
  });

  it('shows a marked-up price', () => {
    expect(scalePrice(nanoUsdPerMillion(1_000n), { numerator: 21n, denominator: 20n })).toBe(1_050n);
  });

  it('refuses to divide by nothing', () => {
    expect(() => scaleUsd(nanoUsd(1n), 1n, 0n)).toThrow(RangeError);
  });

  it('knows which amounts Lua can compare exactly', () => {
    expect(isExactInDoubles(nanoUsd(2n ** 53n - 1n))).toBe(true);
    expect(isExactInDoubles(nanoUsd(2n ** 53n))).toBe(false);
    expect(isExactInDoubles(nanoUsd(-(2n ** 53n)))).toBe(false);
  });
});
