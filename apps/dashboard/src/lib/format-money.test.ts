import { describe, expect, it } from 'vitest';
import { formatMoney, formatRate, isZeroUsd } from './format-money.ts';

describe('formatMoney', () => {
  it.each([
    ['0', '$0.00', '$0.00'],
    ['5', '$5.00', '$5.00'],
    ['1204.329999', '$1,204.33', '$1,204.329999'],
    ['999999.995', '$1,000,000.00', '$999,999.995'],
    ['0.0423', '$0.0423', '$0.0423'],
    ['0.5', '$0.50', '$0.50'],
    ['0.99995', '$1.00', '$0.99995'],
    ['0.000042', '$0.000042', '$0.000042'],
    ['0.000041875', '$0.000041875', '$0.000041875'],
    ['0.000123456789', '$0.000123457', '$0.000123456789'],
    ['0.009999999', '$0.01', '$0.009999999'],
    ['0.000000001', '$0.000000001', '$0.000000001'],
    ['-0.000042', '−$0.000042', '−$0.000042'],
    ['-12.345', '−$12.35', '−$12.345'],
    ['-0.0', '$0.00', '$0.00'],
  ])('shows %s as %s and keeps %s for those who want every digit', (usd, text, exact) => {
    expect(formatMoney(usd)).toEqual({ text, exact });
  });

  it('never goes through a float: digits beyond a double survive', () => {
    expect(formatMoney('9007199254740993.000000001').exact).toBe('$9,007,199,254,740,993.000000001');
  });

  it.each(['', 'abc', '1e3', '1.', '.5', '1,000', 'NaN'])('refuses %j rather than showing something', (text) => {
    expect(() => formatMoney(text)).toThrow(RangeError);
  });
});

describe('formatRate', () => {
  it('keeps every digit of a price, because a rounded price would not multiply to the amount beside it', () => {
    expect(formatRate('0.0375')).toBe('$0.0375');
    expect(formatRate('15')).toBe('$15.00');
  });
});

describe('isZeroUsd', () => {
  it.each([
    ['0', true],
    ['-0.000', true],
    ['0.000000001', false],
  ])('%s: %s', (usd, expected) => {
    expect(isZeroUsd(usd)).toBe(expected);
  });
});
