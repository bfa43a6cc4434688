import type { Endpoint, Model } from '@turnpike/core/catalog/model';
import type { Price, PriceRates } from '@turnpike/core/catalog/price';
import type pg from 'pg';
import { createPool, inTransaction, type ConnectionOptions } from '../connection.ts';

/** A price with the time in which it holds. */
export interface PublishedPrice extends Price {
  readonly endpointId: string;
  /** Undefined: until further notice. */
  readonly effectiveToMs: number | undefined;
  readonly source: string;
}

/** Everything that the catalogue lists, with every price that it has ever published. */
export interface PublishedCatalog {
  readonly models: readonly Model[];
  readonly endpoints: readonly Omit<Endpoint, 'price'>[];
  readonly prices: readonly PublishedPrice[];
}

/** How many rows the publication changed. */
export interface PublishedChanges {
  readonly models: number;
  readonly endpoints: number;
  readonly retired: number;
  readonly newPrices: number;
  readonly closedPrices: number;
}

/**
 * Brings the catalogue of the database to the published one, in one transaction; safe to run at every start. What is no
 * longer listed is retired, not removed. Prices are added and closed, never changed; an endpoint whose open price an
 * operator set (source `operator`) keeps it. `url` is the login of the owner or of role `operator`.
 */
export async function publishCatalog(
  options: Omit<ConnectionOptions, 'schema'>,
  catalog: PublishedCatalog,
): Promise<PublishedChanges> {
  const pool = createPool(options);
  try {
    return await inTransaction(pool, async (client) => {
      // Two starts at once publish one after the other.
      await client.query(`SELECT pg_advisory_xact_lock(hashtext('publish-catalog'))`);
      const models = await upsertModels(client, catalog.models);
      const endpoints = await upsertEndpoints(client, catalog.endpoints);
      const retired = await retireUnlisted(client, catalog);
      const prices = await publishPrices(client, catalog.prices);
      return { models, endpoints, retired, ...prices };
    });
  } finally {
    await pool.end();
  }
}

async function upsertModels(client: pg.ClientBase, models: readonly Model[]): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO model AS m (slug, name, author, operation, aliases, input_modalities, output_modalities, supports_tools,
                             supports_reasoning, supports_json_schema, context_tokens, max_output_tokens, released_at, updated_at)
     SELECT r.slug, r.name, r.author, r.operation, r.aliases, r.inputs, r.outputs, r.tools, r.reasoning, r.json_schema,
            r.context_tokens, r.max_output_tokens, to_timestamp(r.released_at), now()
       FROM jsonb_to_recordset($1::jsonb) AS r (slug text, name text, author text, operation text, aliases text[], inputs text[],
            outputs text[], tools boolean, reasoning boolean, json_schema boolean, context_tokens int, max_output_tokens int,
            released_at bigint)
     ON CONFLICT (slug) DO UPDATE
        SET name = excluded.name, author = excluded.author, operation = excluded.operation, aliases = excluded.aliases,
            input_modalities = excluded.input_modalities, output_modalities = excluded.output_modalities,
            supports_tools = excluded.supports_tools, supports_reasoning = excluded.supports_reasoning,
            supports_json_schema = excluded.supports_json_schema, context_tokens = excluded.context_tokens,
            max_output_tokens = excluded.max_output_tokens, released_at = excluded.released_at, retired_at = NULL, updated_at = now()
      WHERE (m.name, m.author, m.operation, m.aliases, m.input_modalities, m.output_modalities, m.supports_tools,
             m.supports_reasoning, m.supports_json_schema, m.context_tokens, m.max_output_tokens, m.released_at, m.retired_at)
            IS DISTINCT FROM
            (excluded.name, excluded.author, excluded.operation, excluded.aliases, excluded.input_modalities,
             excluded.output_modalities, excluded.supports_tools, excluded.supports_reasoning, excluded.supports_json_schema,
             excluded.context_tokens, excluded.max_output_tokens, excluded.released_at, excluded.retired_at)`,
    [
      JSON.stringify(
        models.map(({ slug, name, author, operation, aliases, capabilities, createdAtSeconds }) => ({
          slug,
          name,
          author,
          operation,
          aliases,
          inputs: capabilities.inputModalities,
          outputs: capabilities.outputModalities,
          tools: capabilities.supportsTools,
          reasoning: capabilities.supportsReasoning,
          json_schema: capabilities.supportsJsonSchema,
          context_tokens: capabilities.contextTokens,
          max_output_tokens: capabilities.maxOutputTokens,
          released_at: createdAtSeconds,
        })),
      ),
    ],
  );
  return rowCount ?? 0;
}

async function upsertEndpoints(client: pg.ClientBase, endpoints: PublishedCatalog['endpoints']): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO endpoint AS e (id, model_slug, provider_id, upstream_model, protocol, context_tokens, max_output_tokens, updated_at)
     SELECT r.*, now()
       FROM jsonb_to_recordset($1::jsonb) AS r (id text, model_slug text, provider_id text, upstream_model text, protocol text,
            context_tokens int, max_output_tokens int)
     ON CONFLICT (id) DO UPDATE
        SET model_slug = excluded.model_slug, provider_id = excluded.provider_id, upstream_model = excluded.upstream_model,
            protocol = excluded.protocol, context_tokens = excluded.context_tokens,
            max_output_tokens = excluded.max_output_tokens, retired_at = NULL, updated_at = now()
      WHERE (e.model_slug, e.provider_id, e.upstream_model, e.protocol, e.context_tokens, e.max_output_tokens, e.retired_at)
            IS DISTINCT FROM
            (excluded.model_slug, excluded.provider_id, excluded.upstream_model, excluded.protocol, excluded.context_tokens,
             excluded.max_output_tokens, excluded.retired_at)`,
    [
      JSON.stringify(
        endpoints.map((endpoint) => ({
          id: endpoint.id,
          model_slug: endpoint.modelSlug,
          provider_id: endpoint.providerId,
          upstream_model: endpoint.upstreamModel,
          protocol: endpoint.protocol,
          context_tokens: endpoint.contextTokens,
          max_output_tokens: endpoint.maxOutputTokens,
        })),
      ),
    ],
  );
  return rowCount ?? 0;
}

async function retireUnlisted(client: pg.ClientBase, { models, endpoints }: PublishedCatalog): Promise<number> {
  const retire = async (table: 'model' | 'endpoint', key: 'slug' | 'id', listed: readonly string[]) => {
    const { rowCount } = await client.query(
      `UPDATE ${table} SET retired_at = now(), updated_at = now() WHERE retired_at IS NULL AND ${key} <> ALL ($1::text[])`,
      [listed],
    );
    return rowCount ?? 0;
  };
  return (
    (await retire(
      'model',
      'slug',
      models.map(({ slug }) => slug),
    )) +
    (await retire(
      'endpoint',
      'id',
      endpoints.map(({ id }) => id),
    ))
  );
}

async function publishPrices(
  client: pg.ClientBase,
  published: readonly PublishedPrice[],
): Promise<Pick<PublishedChanges, 'newPrices' | 'closedPrices'>> {
  const { rows: stored } = await client.query<{ id: string; endpoint_id: string; is_open: boolean; source: string }>(
    'SELECT id, endpoint_id, effective_to IS NULL AS is_open, source FROM price',
  );
  const known = new Set(stored.map(({ id }) => id));
  const setByOperator = new Set(
    stored.filter(({ is_open, source }) => is_open && source === 'operator').map(({ endpoint_id }) => endpoint_id),
  );
  const missing = published.filter(({ id, endpointId }) => !known.has(id) && !setByOperator.has(endpointId));
  // What is closed: prices that the catalogue has closed, and open ones that a missing open price replaces.
  const closings = [
    ...published.flatMap(({ id, effectiveToMs }) => (effectiveToMs === undefined ? [] : [{ id, atMs: effectiveToMs }])),
    ...missing
      .filter(({ effectiveToMs }) => effectiveToMs === undefined)
      .flatMap(({ endpointId, effectiveFromMs }) =>
        stored
          .filter(({ endpoint_id, is_open }) => is_open && endpoint_id === endpointId)
          .map(({ id }) => ({ id, atMs: effectiveFromMs })),
      ),
  ];
  const { rowCount: closedPrices } = await client.query(
    `UPDATE price p SET effective_to = greatest(c.at, p.effective_from + interval '1 millisecond')
       FROM unnest($1::uuid[], $2::timestamptz[]) AS c (id, at) WHERE p.id = c.id AND p.effective_to IS NULL`,
    [closings.map(({ id }) => id), closings.map(({ atMs }) => new Date(atMs))],
  );
  await client.query(
    `INSERT INTO price (id, endpoint_id, effective_from, effective_to, source)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])`,
    [
      missing.map(({ id }) => id),
      missing.map(({ endpointId }) => endpointId),
      missing.map(({ effectiveFromMs }) => new Date(effectiveFromMs)),
      missing.map(({ effectiveToMs }) => (effectiveToMs === undefined ? null : new Date(effectiveToMs))),
      missing.map(({ source }) => source),
    ],
  );
  const rates = missing.flatMap((price) => [
    { priceId: price.id, aboveInputTokens: 0, rates: price.rates },
    ...price.tiers.map((tier) => ({ priceId: price.id, ...tier })),
  ]);
  await client.query(
    `INSERT INTO price_rate (price_id, above_input_tokens, ${rateColumns.map(([column]) => column).join(', ')})
     SELECT * FROM unnest($1::uuid[], $2::int[], ${rateColumns.map((_, index) => `$${index + 3}::bigint[]`).join(', ')})`,
    [
      rates.map(({ priceId }) => priceId),
      rates.map(({ aboveInputTokens }) => aboveInputTokens),
      ...rateColumns.map(([, name]) => rates.map((rate) => rate.rates[name])),
    ],
  );
  return { newPrices: missing.length, closedPrices: closedPrices ?? 0 };
}

const rateColumns: readonly (readonly [column: string, name: keyof PriceRates])[] = [
  ['input_nano_usd_per_million', 'input'],
  ['cache_read_nano_usd_per_million', 'cacheRead'],
  ['cache_write_5m_nano_usd_per_million', 'cacheWrite5m'],
  ['cache_write_1h_nano_usd_per_million', 'cacheWrite1h'],
  ['audio_input_nano_usd_per_million', 'audioInput'],
  ['output_nano_usd_per_million', 'output'],
  ['reasoning_nano_usd_per_million', 'reasoning'],
  ['audio_output_nano_usd_per_million', 'audioOutput'],
  ['web_search_nano_usd_per_million', 'webSearch'],
  ['request_nano_usd_per_million', 'request'],
];
