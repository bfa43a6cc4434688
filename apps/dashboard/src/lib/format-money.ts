/** Digits that an amount under a cent shows: enough to tell two calls apart, few enough to read. */
const significantDigits = 6;
const digitsOfExact = 15;

export interface MoneyWords {
  /** What the page shows: `$1,204.33`, `$0.0423`, `$0.000042`. */
  readonly text: string;
  /** Every digit there is: `$0.000041875`. */
  readonly exact: string;
}

/**
 * Words for an exact decimal of US dollars. From a dollar up: cents. From a cent up: four decimals where they say
 * something. Below: six significant digits. Works on the digits, never on a float, and rounds half away from zero.
 * Throws RangeError for text that is not a decimal.
 */
export function formatMoney(usd: string): MoneyWords {
  const { isNegative, whole, fraction } = readDecimal(usd);
  const sign = isNegative ? '−' : '';
  const exactFraction = fraction.replace(/0+$/, '').padEnd(2, '0');
  return {
    text: `${sign}$${roundForReading(whole, fraction)}`,
    exact: `${sign}$${group(whole)}.${exactFraction}`,
  };
}

/** A price per million units, always with its cents and with more where the price has more: `$0.0375`, `$15.00`. */
export function formatRate(usdPerMillion: string): string {
  return formatMoney(usdPerMillion).exact;
}

/** True for `0`, `0.00` and the like. */
export function isZeroUsd(usd: string): boolean {
  return /^-?0*(\.0*)?$/.test(usd);
}

function readDecimal(usd: string): { readonly isNegative: boolean; readonly whole: string; readonly fraction: string } {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(usd);
  if (match === null) {
    throw new RangeError('An amount is a decimal such as 0.000042.');
  }
  const [, sign, whole = '0', fraction = ''] = match;
  return { isNegative: sign === '-' && !isZeroUsd(usd), whole: whole.replace(/^0+(?=\d)/, ''), fraction };
}

function roundForReading(whole: string, fraction: string): string {
  if (whole !== '0') {
    return roundTo(whole, fraction, 2, 2);
  }
  const leadingZeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  if (leadingZeros === fraction.length) {
    return '0.00';
  }
  return leadingZeros < 2
    ? roundTo(whole, fraction, 4, 2)
    : roundTo(whole, fraction, Math.min(leadingZeros + significantDigits, digitsOfExact), 2);
}

function roundTo(whole: string, fraction: string, decimals: number, minDecimals: number): string {
  const kept = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  const rounded = Number(fraction.charAt(decimals)) >= 5 ? kept + 1n : kept;
  const digits = rounded.toString().padStart(decimals + 1, '0');
  const tail = digits.slice(-decimals).replace(/0+$/, '').padEnd(minDecimals, '0');
  return `${group(digits.slice(0, -decimals))}.${tail}`;
}

function group(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',');
}
