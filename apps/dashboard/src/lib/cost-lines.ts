const nanoUsdPerUsd = 1_000_000_000n;
const unitsPerPrice = 1_000_000n;
/** A nano-dollar price per million units gives amounts in 10⁻¹⁵ of a dollar. */
const decimals = 15;

/**
 * So many units at a price in nano-dollars per million, in dollars, exact: `0.0024576`. The server computes its lines
 * the same way; showing the product of the two numbers beside it must never disagree with it.
 */
export function exactAmount(quantity: number, nanoUsdPerMillion: string): string {
  return decimalOf(BigInt(quantity) * BigInt(nanoUsdPerMillion));
}

/** Adds exact decimals of dollars without rounding. */
export function sumExact(amounts: readonly string[]): string {
  return decimalOf(amounts.reduce((sum, amount) => sum + scaledOf(amount), 0n));
}

/** What remains when an exact sum is rounded to nano-dollars, half up; zero for most calls. */
export function roundingOf(exact: string, chargedNanoUsd: string): string {
  return decimalOf(BigInt(chargedNanoUsd) * unitsPerPrice - scaledOf(exact));
}

function scaledOf(usd: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,15}))?$/.exec(usd);
  if (match === null) {
    throw new RangeError('An amount has at most 15 decimals.');
  }
  const [, sign, whole = '0', fraction = ''] = match;
  const value = BigInt(whole) * nanoUsdPerUsd * unitsPerPrice + BigInt(fraction.padEnd(decimals, '0'));
  return sign === '-' ? -value : value;
}

function decimalOf(scaled: bigint): string {
  const absolute = scaled < 0n ? -scaled : scaled;
  const digits = absolute.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -decimals)}${fraction === '' ? '' : `.${fraction}`}`;
}
