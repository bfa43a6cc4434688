import { priceQuantities, nanoUsdPerMillion } from '@turnpike/core/money';
import { expect, it } from 'vitest';
import { exactAmount, roundingOf, sumExact } from './cost-lines.ts';

const lines = [
  { quantity: 1_204, price: '3000000000' },
  { quantity: 8_192, price: '300000000' },
  { quantity: 313, price: '37500000' },
];

it('multiplies tokens by a price per million without losing a digit', () => {
  expect(lines.map(({ quantity, price }) => exactAmount(quantity, price))).toEqual([
    '0.003612',
    '0.0024576',
    '0.0000117375',
  ]);
});

it('sums to what the ledger charges, and shows the rounding as a line of its own', () => {
  const exact = sumExact(lines.map(({ quantity, price }) => exactAmount(quantity, price)));
  const charged = priceQuantities(
    lines.map(({ quantity, price }) => ({ quantity, price: nanoUsdPerMillion(BigInt(price)) })),
  );
  expect([exact, charged, roundingOf(exact, charged.toString())]).toEqual(['0.0060813375', 6_081_338n, '0.0000000005']);
});

it('finds nothing to round where the lines are whole nano-dollars', () => {
  expect(roundingOf('0.006081', '6081000')).toBe('0');
});
