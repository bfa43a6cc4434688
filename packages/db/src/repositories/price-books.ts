import type { PriceBookEntry, PriceRates } from '@turnpike/core/catalog/price';
import { nanoUsdPerMillion } from '@turnpike/core/money';
import type { TenantScope } from '../tenant-scope.ts';

/** A row of `price_book_entry`, as far as a price needs it. */
export interface PriceBookEntryRow {
  readonly id: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly fixedRates: unknown;
}

/** The price book that an organization pays by. */
export function readPriceBook(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    /** An entry of the organization's own book, in force or not; undefined for any other. */
    findEntry: async (id: string): Promise<PriceBookEntry | undefined> => {
      const [row] = await scope.read(
        (client) => client.$queryRaw<PriceBookEntryRow[]>`
        SELECT e.id, e.numerator, e.denominator, e.fixed_rates AS "fixedRates"
          FROM price_book_entry e JOIN organization o ON o.price_book_id = e.price_book_id
         WHERE o.id = ${organizationId}::uuid AND e.id = ${id}::uuid`,
      );
      return row === undefined ? undefined : bookEntryFromRow(row);
    },
  };
}

/** The entry of a row. Throws Error for fixed rates without input or output. */
export function bookEntryFromRow(row: PriceBookEntryRow): PriceBookEntry {
  const fixedRates = fixedRatesFrom(row.fixedRates);
  return {
    id: row.id,
    numerator: row.numerator,
    denominator: row.denominator,
    ...(fixedRates === undefined ? {} : { fixedRates }),
  };
}

/** The rates that a price may lack. */
export const optionalRates = [
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'reasoning',
  'audioOutput',
  'webSearch',
  'request',
] as const satisfies readonly (keyof PriceRates)[];

function fixedRatesFrom(value: unknown): PriceRates | undefined {
  if (value === null) {
    return undefined;
  }
  if (typeof value !== 'object') {
    throw new TypeError('Fixed rates are an object.');
  }
  const rate = (name: string) => {
    const amount: unknown = Reflect.get(value, name);
    return typeof amount === 'string' ? nanoUsdPerMillion(BigInt(amount)) : undefined;
  };
  const [input, output] = [rate('input'), rate('output')];
  if (input === undefined || output === undefined) {
    throw new Error('Fixed rates name at least input and output.');
  }
  const optional = optionalRates.flatMap((name) => {
    const amount = rate(name);
    return amount === undefined ? [] : [[name, amount] as const];
  });
  return { input, output, ...Object.fromEntries(optional) };
}
