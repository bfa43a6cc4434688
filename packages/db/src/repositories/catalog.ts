import { hash } from 'node:crypto';
import type { Endpoint, Model } from '@turnpike/core/catalog/model';
import type { Price, PriceBookEntry, PriceRates } from '@turnpike/core/catalog/price';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';
import { nanoUsdPerMillion } from '@turnpike/core/money';
import type pg from 'pg';
import { exactTypes, inTransaction, type Connection } from '../connection.ts';
import { oneOf } from '../row-values.ts';
import { bookEntryFromRow, optionalRates, type PriceBookEntryRow } from './price-books.ts';

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

const inForceSql = 'effective_from <= $1 AND (effective_to IS NULL OR effective_to > $1)';

const modelsSql = `
  SELECT slug, name, author, aliases, operation, input_modalities AS "inputModalities",
         output_modalities AS "outputModalities", supports_tools AS "supportsTools",
         supports_reasoning AS "supportsReasoning", supports_json_schema AS "supportsJsonSchema",
         context_tokens AS "contextTokens", max_output_tokens AS "maxOutputTokens", released_at AS "releasedAt"
    FROM model WHERE retired_at IS NULL ORDER BY slug`;

const endpointsSql = `
  SELECT e.id, e.model_slug AS "modelSlug", e.provider_id AS "providerId", e.upstream_model AS "upstreamModel",
         e.protocol, e.context_tokens AS "contextTokens", e.max_output_tokens AS "maxOutputTokens", m.operation,
         p.id AS "priceId"
    FROM endpoint e
    JOIN model m ON m.slug = e.model_slug
    LEFT JOIN LATERAL (
      SELECT id FROM price WHERE endpoint_id = e.id AND ${inForceSql} ORDER BY effective_from DESC LIMIT 1
    ) p ON true
   WHERE e.retired_at IS NULL AND m.retired_at IS NULL ORDER BY e.id`;

const ratesSql = `
  SELECT p.id, p.effective_from AS "effectiveFrom", r.above_input_tokens AS "aboveInputTokens",
         r.input_nano_usd_per_million AS input, r.cache_read_nano_usd_per_million AS "cacheRead",
         r.cache_write_5m_nano_usd_per_million AS "cacheWrite5m", r.cache_write_1h_nano_usd_per_million AS "cacheWrite1h",
         r.audio_input_nano_usd_per_million AS "audioInput", r.output_nano_usd_per_million AS output,
         r.reasoning_nano_usd_per_million AS reasoning, r.audio_output_nano_usd_per_million AS "audioOutput",
         r.web_search_nano_usd_per_million AS "webSearch", r.request_nano_usd_per_million AS request
    FROM price p JOIN price_rate r ON r.price_id = p.id
   WHERE p.id = ANY($1::uuid[]) ORDER BY p.id, r.above_input_tokens`;

const booksSql = `
  SELECT id, price_book_id AS "priceBookId", endpoint_id AS "endpointId", numerator, denominator,
         fixed_rates AS "fixedRates"
    FROM price_book_entry WHERE ${inForceSql} ORDER BY effective_from`;

/**
 * Everything that is not retired, with the prices in force at `nowMs`. The catalogue belongs to no tenant. In our own SQL,
 * because every gateway reads it every few seconds and does without the typed client's engine for it.
 */
export async function loadCatalog(connection: Connection, nowMs: number): Promise<StoredCatalog> {
  const now = new Date(nowMs);
  return inTransaction(connection.pool, async (client) => {
    await client.query("SELECT set_config('search_path', $1, true)", [connection.schema]);
    const { rows: modelRows } = await client.query<ModelRow>(modelsSql);
    const { rows: endpointRows } = await client.query<EndpointRow>(endpointsSql, [now]);
    const priceIds = endpointRows.flatMap(({ priceId }) => (priceId === null ? [] : [priceId]));
    const prices = await readPrices(client, priceIds);
    const { rows: bookRows } = await client.query<BookRow>({ text: booksSql, values: [now], types: exactTypes });
    const models = modelRows.map(modelFromRow);
    const endpoints = endpointRows.map((row) => endpointFromRow(row, prices));
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
  });
}

/** A price by its id, whether or not it is still in force: what an old bill was made with. */
export async function findPrice(connection: Connection, id: string): Promise<Price | undefined> {
  return inTransaction(connection.pool, async (client) => {
    await client.query("SELECT set_config('search_path', $1, true)", [connection.schema]);
    return (await readPrices(client, [id])).get(id);
  });
}

async function readPrices(client: pg.PoolClient, ids: readonly string[]): Promise<ReadonlyMap<string, Price>> {
  const { rows } = await client.query<RateRow>({ text: ratesSql, values: [ids], types: exactTypes });
  return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, rates]) => [id, priceFromRows(id, rates)]));
}

function versionOf(content: unknown): string {
  const text = JSON.stringify(content, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return hash('sha256', text, 'hex').slice(0, 16);
}

interface LimitsRow {
  readonly contextTokens: number | null;
  readonly maxOutputTokens: number | null;
}

interface ModelRow extends LimitsRow {
  readonly slug: string;
  readonly name: string;
  readonly author: string;
  readonly aliases: readonly string[];
  readonly operation: string;
  readonly inputModalities: readonly string[];
  readonly outputModalities: readonly string[];
  readonly supportsTools: boolean;
  readonly supportsReasoning: boolean;
  readonly supportsJsonSchema: boolean;
  readonly releasedAt: Date;
}

interface EndpointRow extends LimitsRow {
  readonly id: string;
  readonly modelSlug: string;
  readonly providerId: string;
  readonly upstreamModel: string;
  readonly protocol: string;
  readonly operation: string;
  readonly priceId: string | null;
}

interface BookRow extends PriceBookEntryRow {
  readonly priceBookId: string;
  readonly endpointId: string | null;
}

/** One tier of a price; optional rates are null where the bucket is not sold apart. */
type RateRow = {
  readonly id: string;
  readonly effectiveFrom: Date;
  readonly aboveInputTokens: number;
  readonly input: bigint;
  readonly output: bigint;
} & { readonly [Name in (typeof optionalRates)[number]]: bigint | null };

function modelFromRow(row: ModelRow): Model {
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

function endpointFromRow(row: EndpointRow, prices: ReadonlyMap<string, Price>): Endpoint {
  return {
    id: row.id,
    modelSlug: row.modelSlug,
    providerId: row.providerId,
    upstreamModel: row.upstreamModel,
    operation: oneOf(operations, row.operation),
    protocol: oneOf(protocols, row.protocol),
    price: row.priceId === null ? undefined : priceOf(row.priceId, prices),
    ...limits(row),
  };
}

/** Throws Error for a price without rates: the seed writes both in one transaction. */
function priceOf(id: string, prices: ReadonlyMap<string, Price>): Price {
  const price = prices.get(id);
  if (price === undefined) {
    throw new Error(`Price ${id} has no base rates.`);
  }
  return price;
}

function limits(row: LimitsRow) {
  return {
    ...(row.contextTokens === null ? {} : { contextTokens: row.contextTokens }),
    ...(row.maxOutputTokens === null ? {} : { maxOutputTokens: row.maxOutputTokens }),
  };
}

/** Throws Error for a price without base rates. */
function priceFromRows(id: string, rates: readonly RateRow[]): Price {
  const [base, ...tiers] = rates;
  if (base === undefined || base.aboveInputTokens !== 0) {
    throw new Error(`Price ${id} has no base rates.`);
  }
  return {
    id,
    effectiveFromMs: base.effectiveFrom.getTime(),
    rates: ratesFromRow(base),
    tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, rates: ratesFromRow(tier) })),
  };
}

function ratesFromRow(row: RateRow): PriceRates {
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
