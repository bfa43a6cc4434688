import type { Brand } from './brand.ts';

/** An amount in nano-dollars: 1 USD = 1,000,000,000. Integers only; BIGINT holds ± 9.2 billion USD. */
export type NanoUsd = Brand<bigint, 'NanoUsd'>;

/**
 * A price in nano-dollars per million units (tokens, requests, searches). Per-unit prices are not whole:
 * 0.0375 USD per million tokens is 37.5 nano-dollars for a thousand, but 37,500,000 for a million.
 */
export type NanoUsdPerMillion = Brand<bigint, 'NanoUsdPerMillion'>;

/** So many units of something at a price: one line of a bill. */
export interface PricedQuantity {
  readonly quantity: number;
  readonly price: NanoUsdPerMillion;
}

/** A markup (above one) or discount (below one) as an exact fraction. */
export interface Factor {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const one: Factor = { numerator: 1n, denominator: 1n };
const nanoPerUsd = 1_000_000_000n;
const unitsPerPrice = 1_000_000n;
/** Lua and JSON numbers are doubles; amounts beyond this could not be compared exactly in Redis. */
const maxExactNanoUsd = BigInt(Number.MAX_SAFE_INTEGER);

export const zeroUsd = nanoUsd(0n);

/** Marks an integer as an amount in nano-dollars. */
export function nanoUsd(value: bigint): NanoUsd {
  return value as NanoUsd;
}

/** Marks an integer as a price in nano-dollars per million units. */
export function nanoUsdPerMillion(value: bigint): NanoUsdPerMillion {
  return value as NanoUsdPerMillion;
}

/** Adds any number of amounts. */
export function sumUsd(...amounts: readonly NanoUsd[]): NanoUsd {
  return nanoUsd(amounts.reduce<bigint>((sum, amount) => sum + amount, 0n));
}

/** `from` less `amount`; may be negative. */
export function subtractUsd(from: NanoUsd, amount: NanoUsd): NanoUsd {
  return nanoUsd(from - amount);
}

/** The larger of two amounts. */
export function maxUsd(left: NanoUsd, right: NanoUsd): NanoUsd {
  return left > right ? left : right;
}

/**
 * Prices a whole list at once: sums quantity × price over all lines, applies the factor, divides once and rounds half
 * up once, so that the total does not depend on how a call is split into lines. Throws RangeError for a quantity that is not a
 * non-negative safe integer: a negative count must never credit anybody.
 */
export function priceQuantities(lines: readonly PricedQuantity[], factor: Factor = one): NanoUsd {
  if (factor.numerator < 0n || factor.denominator <= 0n) {
    throw new RangeError('A markup or discount is a positive fraction.');
  }
  let scaled = 0n;
  for (const { quantity, price } of lines) {
    if (!Number.isSafeInteger(quantity) || quantity < 0) {
      throw new RangeError(`A quantity must be a non-negative safe integer, not ${quantity}.`);
    }
    scaled += BigInt(quantity) * price;
  }
  return nanoUsd(divideHalfUp(scaled * factor.numerator, unitsPerPrice * factor.denominator));
}

/** Multiplies an amount by `numerator / denominator`, rounded half up. Throws RangeError when the denominator is not positive. */
export function scaleUsd(amount: NanoUsd, numerator: bigint, denominator: bigint): NanoUsd {
  return nanoUsd(divideHalfUp(amount * numerator, denominator));
}

/** A price with a markup or discount, rounded half up: for display, because a bill applies the factor to its sum. */
export function scalePrice(price: NanoUsdPerMillion, factor: Factor): NanoUsdPerMillion {
  return nanoUsdPerMillion(divideHalfUp(price * factor.numerator, factor.denominator));
}

/** A price as an exact decimal of dollars per single unit: `0.0000025` for 2.50 USD per million. */
export function formatUsdPerUnit(price: NanoUsdPerMillion): string {
  const digits = price.toString().padStart(16, '0');
  const fraction = digits.slice(-15).replace(/0+$/, '');
  return `${digits.slice(0, -15)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Reads a decimal amount of dollars such as `12.5` or `-0.000000001`. Throws RangeError for anything else. */
export function parseUsd(text: string): NanoUsd {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) {
    throw new RangeError('An amount of dollars has at most 12 digits before and 9 after the point.');
  }
  const [, sign, whole = '0', fraction = ''] = match;
  const value = BigInt(whole) * nanoPerUsd + BigInt(fraction.padEnd(9, '0'));
  return nanoUsd(sign === '-' ? -value : value);
}

/** Writes an amount as an exact decimal of dollars without trailing zeros: `0.000042`, `12.5`, `0`. */
export function formatUsd(amount: NanoUsd): string {
  const absolute = amount < 0n ? -amount : amount;
  const fraction = (absolute % nanoPerUsd).toString().padStart(9, '0').replace(/0+$/, '');
  const whole = (absolute / nanoPerUsd).toString();
  return `${amount < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * The amount as a JSON number of dollars, for the `cost` field that OpenAI-compatible clients read. It is for
 * display: sums are made of `formatUsd` or of the integer, never of this.
 */
export function usdForDisplay(amount: NanoUsd): number {
  return Number(formatUsd(amount));
}

/** True when the amount survives Lua's and JSON's doubles unchanged (about 9.0 million USD). */
export function isExactInDoubles(amount: NanoUsd): boolean {
  return amount <= maxExactNanoUsd && amount >= -maxExactNanoUsd;
}

function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) {
    throw new RangeError('A divisor must be positive.');
  }
  const doubled = dividend * 2n + divisor;
  const quotient = doubled / (divisor * 2n);
  const isBelowZero = doubled % (divisor * 2n) < 0n;
  return isBelowZero ? quotient - 1n : quotient;
}
