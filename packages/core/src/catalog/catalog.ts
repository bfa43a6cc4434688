import type { Operation, ProtocolName } from '../inference/request.ts';
import type { Endpoint, Model } from './model.ts';
import type { Price, PriceBookEntry } from './price.ts';

/** A provider that this gateway can reach. */
export interface CatalogProvider {
  readonly id: string;
  /** The wire format per operation; an operation that is absent is not offered. */
  readonly protocols: Readonly<Partial<Record<Operation, ProtocolName>>>;
  /** The provider's dearest catalogue price, or the operator's: what a call to an unlisted model is held at. */
  readonly ceilingPrice: Price | undefined;
  /** Answers of the sandbox are made up: test keys reach nothing else. */
  readonly isSandbox: boolean;
}

/** Everything about models and prices that a call can meet, in memory and immutable; replaced as a whole. */
export interface Catalog {
  /** Changes with every replacement, so that a decision can name what it was based on. */
  readonly version: string;
  readonly models: ReadonlyMap<string, Model>;
  /** Bare names, dated ids and tenants' words → slug. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly endpoints: ReadonlyMap<string, readonly Endpoint[]>;
  readonly providers: ReadonlyMap<string, CatalogProvider>;
  /** Price book id → endpoint id (or `*`) → entry. */
  readonly priceBooks: ReadonlyMap<string, ReadonlyMap<string, PriceBookEntry>>;
  /** Where a model has no reachable provider, may the sandbox stand in for it? */
  readonly usesSandboxFallback: boolean;
}

/** The price book's word on an endpoint; undefined = list price. */
export function priceBookEntry(
  catalog: Catalog,
  bookId: string | undefined,
  endpointId: string,
): PriceBookEntry | undefined {
  if (bookId === undefined) {
    return undefined;
  }
  const book = catalog.priceBooks.get(bookId);
  return book?.get(endpointId) ?? book?.get('*');
}
