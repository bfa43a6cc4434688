import { nanoUsdPerMillion } from '@turnpike/core/money';
import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';
import { publishCatalog, type PublishedCatalog, type PublishedPrice } from './repositories/publish-catalog.ts';

let databases: TestDatabases;

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

afterAll(async () => {
  await databases.close();
});

const day = 86_400_000;
const startMs = Date.UTC(2026, 0, 1);
const price = (cents: bigint) => nanoUsdPerMillion(cents * 10_000_000n);

const first: PublishedPrice = {
  id: newId<'price'>(),
  endpointId: 'acme/one@acme',
  effectiveFromMs: startMs,
  effectiveToMs: undefined,
  source: 'list 1',
  rates: { input: price(100n), output: price(400n), cacheRead: price(10n) },
  tiers: [{ aboveInputTokens: 200_000, rates: { input: price(200n), output: price(800n) } }],
};

const catalog: PublishedCatalog = {
  models: [
    {
      slug: 'acme/one',
      name: 'Acme One',
      author: 'acme',
      aliases: ['one', "it's"],
      operation: 'chat',
      capabilities: {
        inputModalities: ['text', 'image'],
        outputModalities: ['text'],
        supportsTools: true,
        supportsReasoning: false,
        supportsJsonSchema: true,
        contextTokens: 1_000_000,
      },
      createdAtSeconds: startMs / 1000,
    },
  ],
  endpoints: [
    {
      id: 'acme/one@acme',
      modelSlug: 'acme/one',
      providerId: 'acme',
      upstreamModel: 'one',
      operation: 'chat',
      protocol: 'openai-chat',
      contextTokens: 1_000_000,
    },
  ],
  prices: [first],
};

/** Role operator may publish: it is the owner's right and theirs. */
const publish = (published: PublishedCatalog) =>
  publishCatalog({ url: databases.urls.operator, poolSize: 1, applicationName: 'test-publish' }, published);

test('what is published is loaded again as it was, and publishing it twice changes nothing', async () => {
  expect(await publish(catalog)).toEqual({ models: 1, endpoints: 1, retired: 0, newPrices: 1, closedPrices: 0 });
  expect(await publish(catalog)).toEqual({ models: 0, endpoints: 0, retired: 0, newPrices: 0, closedPrices: 0 });
  const loaded = await databases.app.loadCatalog(startMs + day);
  const { endpointId: _endpoint, effectiveToMs: _end, source: _source, ...firstPrice } = first;
  expect(loaded.models).toEqual(catalog.models);
  expect(loaded.endpoints).toEqual([{ ...catalog.endpoints[0], price: firstPrice }]);
  expect((await databases.app.loadCatalog(startMs + 2 * day)).version).toBe(loaded.version);
});

test('a changed price closes the old one at its start, and each moment has its price', async () => {
  const before = await databases.app.loadCatalog(startMs + day);
  const second: PublishedPrice = {
    ...first,
    id: newId<'price'>(),
    effectiveFromMs: startMs + 10 * day,
    rates: { input: price(50n), output: price(200n) },
    tiers: [],
  };
  const changes = await publish({
    ...catalog,
    prices: [{ ...first, effectiveToMs: second.effectiveFromMs }, second],
  });
  expect(changes).toMatchObject({ newPrices: 1, closedPrices: 1 });
  const at = async (ms: number) => (await databases.app.loadCatalog(ms)).endpoints[0]?.price?.id;
  expect(await at(startMs + 9 * day)).toBe(first.id);
  expect(await at(startMs + 10 * day)).toBe(second.id);
  expect(await at(startMs - 1)).toBeUndefined();
  expect((await databases.app.loadCatalog(startMs + 10 * day)).version).not.toBe(before.version);
  expect(await databases.app.findPrice(first.id)).toMatchObject({ id: first.id, rates: first.rates });
  expect(await databases.app.findPrice(newId())).toBeUndefined();
});

test('a price that an operator set is not replaced by the list', async () => {
  const own = newId();
  await databases.owner.query(`UPDATE price SET effective_to = $1 WHERE effective_to IS NULL`, [
    new Date(startMs + 20 * day),
  ]);
  await databases.owner.query(
    `INSERT INTO price (id, endpoint_id, effective_from, source) VALUES ($1, 'acme/one@acme', $2, 'operator')`,
    [own, new Date(startMs + 20 * day)],
  );
  await databases.owner.query(
    `INSERT INTO price_rate (price_id, above_input_tokens, input_nano_usd_per_million, output_nano_usd_per_million)
     VALUES ($1, 0, 7, 9)`,
    [own],
  );
  const changes = await publish({
    ...catalog,
    prices: [{ ...first, id: newId(), effectiveFromMs: startMs + 30 * day }],
  });
  expect(changes).toMatchObject({ newPrices: 0, closedPrices: 0 });
  expect((await databases.app.loadCatalog(startMs + 40 * day)).endpoints[0]?.price).toMatchObject({
    id: own,
    rates: { input: 7n, output: 9n },
  });
});

test('what is no longer listed is retired and comes back when it is listed again', async () => {
  expect(await publish({ models: [], endpoints: [], prices: [] })).toMatchObject({ retired: 2 });
  expect(await databases.app.loadCatalog(Date.now())).toMatchObject({ models: [], endpoints: [] });
  expect(await publish(catalog)).toMatchObject({ models: 1, endpoints: 1 });
  expect((await databases.app.loadCatalog(Date.now())).models).toHaveLength(1);
});

test('a price and its rates cannot be changed, only closed, and closed once', async () => {
  await expect(
    databases.owner.query('UPDATE price_rate SET input_nano_usd_per_million = 1 WHERE price_id = $1', [first.id]),
  ).rejects.toThrow('append-only');
  await expect(
    databases.owner.query('UPDATE price SET effective_to = now() WHERE id = $1', [first.id]),
  ).rejects.toThrow('only be closed');
  await expect(databases.owner.query('DELETE FROM price')).rejects.toThrow('append-only');
});

test('price books in force are loaded by endpoint, and an entry without one holds for all others', async () => {
  const [bookId, general, special] = [newId(), newId(), newId()];
  await databases.owner.query(`INSERT INTO price_book (id, name) VALUES ($1, 'Team')`, [bookId]);
  await databases.owner.query(
    `INSERT INTO price_book_entry (id, price_book_id, endpoint_id, numerator, denominator, fixed_rates, effective_from, effective_to) VALUES
       ($1, $3, NULL, 11, 10, NULL, $4, NULL),
       ($2, $3, 'acme/one@acme', 1, 1, '{"input":"5","output":"6","request":"7"}', $4, NULL),
       ($5, $3, NULL, 9, 10, NULL, $6, $4)`,
    [general, special, bookId, new Date(startMs), newId(), new Date(startMs - day)],
  );
  const { priceBooks } = await databases.app.loadCatalog(startMs + day);
  expect(priceBooks.get(bookId)).toEqual(
    new Map([
      ['*', { id: general, numerator: 11n, denominator: 10n }],
      [
        'acme/one@acme',
        { id: special, numerator: 1n, denominator: 1n, fixedRates: { input: 5n, output: 6n, request: 7n } },
      ],
    ]),
  );
});
