import { hash } from 'node:crypto';
import type { Endpoint, Model } from '@turnpike/core/catalog/model';
import type { Price, PriceBookEntry, PriceRates } from '@turnpike/core/catalog/price';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';
import { nanoUsdPerMillion } from '@turnpike/core/money';
import type { Connection } from '../connection.ts';
import type { Prisma } from '../generated/client.ts';
import { oneOf } from '../row-values.ts';
import { bookEntryFromRow, optionalRates } from './price-books.ts';

/** The catalogue of a moment: models that are offered, who serves them and at which price. */
export interface StoredCatalog {
  /** A digest of everything else here: equal catalogues have equal versions, in every process. */
  readonly version: string;
  readonly models: readonly Model[];
  readonly endpoints: readonly Endpoint[];
  /** Price book id → endpoint id (or `*`) → entry. */
  readonly priceBooks: ReadonlyMap<string, ReadonlyMap<string, PriceBookEntry>>;
}

const operations: readonly Operation[] = ['chat', 'embeddings'];
const protocols: readonly ProtocolName[] = ['openai-chat', 'anthropic-messages', 'openai-embeddings'];
const inputModalities = ['text', 'image', 'audio', 'video', 'document'] as const;
const outputModalities = ['text', 'image', 'audio', 'embedding'] as const;

/** Everything that is not retired, with the prices in force at `nowMs`. The catalogue belongs to no tenant. */
export async function loadCatalog({ prisma }: Connection, nowMs: number): Promise<StoredCatalog> {
  const now = new Date(nowMs);
  const inForce = { effectiveFrom: { lte: now }, OR: [{ effectiveTo: null }, { effectiveTo: { gt: now } }] };
  const [modelRows, endpointRows, bookRows] = await prisma.$transaction([
    prisma.model.findMany({ where: { retiredAt: null }, orderBy: { slug: 'asc' } }),
    prisma.endpoint.findMany({
      where: { retiredAt: null, model: { retiredAt: null } },
      include: {
        model: { select: { operation: true } },
        prices: { where: inForce, include: { rates: true }, orderBy: { effectiveFrom: 'desc' }, take: 1 },
      },
      orderBy: { id: 'asc' },
    }),
    prisma.priceBookEntry.findMany({ where: inForce, orderBy: { effectiveFrom: 'asc' } }),
  ]);
  const models = modelRows.map(modelFromRow);
  const endpoints = endpointRows.map(endpointFromRow);
  const priceBooks = new Map<string, Map<string, PriceBookEntry>>();
  for (const row of bookRows) {
    const book = priceBooks.get(row.priceBookId) ?? new Map<string, PriceBookEntry>();
    book.set(row.endpointId ?? '*', bookEntryFromRow(row));
    priceBooks.set(row.priceBookId, book);
  }
  return {
    version: versionOf([models, endpoints, [...priceBooks].map(([id, book]) => [id, [...book]])]),
    models,
    endpoints,
    priceBooks,
  };
}

/** A price by its id, whether or not it is still in force: what an old bill was made with. */
export async function findPrice({ prisma }: Connection, id: string): Promise<Price | undefined> {
  const row = await prisma.price.findUnique({ where: { id }, include: { rates: true } });
  return row === null ? undefined : priceFromRow(row);
}

function versionOf(content: unknown): string {
  const text = JSON.stringify(content, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return hash('sha256', text, 'hex').slice(0, 16);
}

function modelFromRow(row: Prisma.ModelGetPayload<true>): Model {
  return {
    slug: row.slug,
    name: row.name,
    author: row.author,
    aliases: row.aliases,
    operation: oneOf(operations, row.operation),
    capabilities: {
      inputModalities: row.inputModalities.map((word) => oneOf(inputModalities, word)),
      outputModalities: row.outputModalities.map((word) => oneOf(outputModalities, word)),
      supportsTools: row.supportsTools,
      supportsReasoning: row.supportsReasoning,
      supportsJsonSchema: row.supportsJsonSchema,
      ...limits(row),
    },
    createdAtSeconds: Math.trunc(row.releasedAt.getTime() / 1000),
  };
}

function endpointFromRow(
  row: Prisma.EndpointGetPayload<{
    include: { model: { select: { operation: true } }; prices: { include: { rates: true } } };
  }>,
): Endpoint {
  const [price] = row.prices;
  return {
    id: row.id,
    modelSlug: row.modelSlug,
    providerId: row.providerId,
    upstreamModel: row.upstreamModel,
    operation: oneOf(operations, row.model.operation),
    protocol: oneOf(protocols, row.protocol),
    price: price === undefined ? undefined : priceFromRow(price),
    ...limits(row),
  };
}

function limits(row: { readonly contextTokens: number | null; readonly maxOutputTokens: number | null }) {
  return {
    ...(row.contextTokens === null ? {} : { contextTokens: row.contextTokens }),
    ...(row.maxOutputTokens === null ? {} : { maxOutputTokens: row.maxOutputTokens }),
  };
}

/** Throws Error for a price without base rates: the seed writes both in one transaction. */
function priceFromRow(row: Prisma.PriceGetPayload<{ include: { rates: true } }>): Price {
  const rates = row.rates.toSorted((left, right) => left.aboveInputTokens - right.aboveInputTokens);
  const [base, ...tiers] = rates;
  if (base === undefined || base.aboveInputTokens !== 0) {
    throw new Error(`Price ${row.id} has no base rates.`);
  }
  return {
    id: row.id,
    effectiveFromMs: row.effectiveFrom.getTime(),
    rates: ratesFromRow(base),
    tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, rates: ratesFromRow(tier) })),
  };
}

function ratesFromRow(row: Prisma.PriceRateGetPayload<true>): PriceRates {
  const optional = optionalRates.flatMap((name) => {
    const value = row[name];
    return value === null ? [] : [[name, nanoUsdPerMillion(value)] as const];
  });
  return {
    input: nanoUsdPerMillion(row.input),
    output: nanoUsdPerMillion(row.output),
    ...Object.fromEntries(optional),
  };
}
