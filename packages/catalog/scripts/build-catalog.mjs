// Writes data/catalog.json: `pnpm --filter @turnpike/catalog build:data`. Run it when the price list or
// offered-models.mjs changed, look at the difference, and commit it.
//
// A price has an id that follows from its endpoint, its start and its rates, so that building again changes nothing. A
// price that the list changed without saying since when holds from the day of this build; the old one stays, closed.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { findProvider } from '@pydantic/genai-prices';
import { mintId } from '@turnpike/core/ids';
import * as offered from './offered-models.mjs';

const target = new URL('../data/catalog.json', import.meta.url);
const pricesVersion = JSON.parse(
  readFileSync(
    createRequire(import.meta.url)
      .resolve('@pydantic/genai-prices')
      .replace(/dist\/.*$/, 'package.json'),
    'utf8',
  ),
).version;
const pricesSource = `@pydantic/genai-prices ${pricesVersion}`;
const today = new Date().toISOString().slice(0, 10) + 'T00:00:00.000Z';

const protocols = {
  openai: { chat: 'openai-chat', embeddings: 'openai-embeddings' },
  anthropic: { chat: 'anthropic-messages' },
  groq: { chat: 'openai-chat' },
  sandbox: { chat: 'openai-chat', embeddings: 'openai-embeddings' },
  'sandbox-anthropic': { chat: 'anthropic-messages' },
};

/** The list's units in dollars per million, by our names of the rates. Searches are listed per thousand. */
const units = {
  input: ['input_mtok', 1],
  cacheRead: ['cache_read_mtok', 1],
  cacheWrite5m: ['cache_write_mtok', 1],
  cacheWrite1h: ['cache_write_1h_mtok', 1],
  audioInput: ['input_audio_mtok', 1],
  output: ['output_mtok', 1],
  audioOutput: ['output_audio_mtok', 1],
  webSearch: ['web_searches_kcount', 1000],
};

/** Dollars per million → whole nano-dollars per million, as text. Throws when the price is finer than a nano-dollar. */
function toNano(usd) {
  const nano = Math.round(usd * 1e9);
  if (Math.abs(nano - usd * 1e9) > 1e-3 || !Number.isSafeInteger(nano)) {
    throw new RangeError(`${usd} dollars per million cannot be written in nano-dollars.`);
  }
  return String(nano);
}

function ratesAbove(prices, tokens) {
  const entries = Object.entries(units).flatMap(([name, [unit, factor]]) => {
    const price = prices[unit];
    if (price === undefined) {
      return [];
    }
    const usd =
      typeof price === 'number'
        ? price
        : (price.tiers.findLast(({ start }) => tokens !== undefined && start <= tokens)?.price ?? price.base);
    return [[name, toNano(usd * factor)]];
  });
  return { ...Object.fromEntries(entries), output: Object.fromEntries(entries).output ?? '0' };
}

function priceOf(endpointId, effectiveFrom, source, rates, tiers) {
  const text = JSON.stringify([endpointId, effectiveFrom, rates, tiers]);
  const digest = createHash('sha256').update(text).digest();
  return { id: mintId(Date.parse(effectiveFrom), digest.subarray(0, 10)), effectiveFrom, source, rates, tiers };
}

/** All prices that the list gives, the oldest first; each holds until the next begins. */
function listedPrices(endpointId, info, releasedAt) {
  const periods = Array.isArray(info.prices) ? info.prices : [{ prices: info.prices }];
  const all = periods.map(({ constraint, prices }) => {
    if (constraint !== undefined && constraint.type !== 'start_date') {
      throw new Error(`${endpointId} has a price that depends on ${constraint.type}.`);
    }
    const starts = Object.values(prices).flatMap((price) =>
      typeof price === 'number' ? [] : price.tiers.map(({ start }) => start),
    );
    const tiers = [...new Set(starts)].sort((a, b) => a - b);
    return priceOf(
      endpointId,
      constraint === undefined ? releasedAt : `${constraint.start_date}T00:00:00.000Z`,
      pricesSource,
      ratesAbove(prices, undefined),
      tiers.map((aboveInputTokens) => ({ aboveInputTokens, rates: ratesAbove(prices, aboveInputTokens) })),
    );
  });
  // A model that was listed here after its first price had changed never had that price here.
  return all.filter((price, index) => index === all.length - 1 || price.effectiveFrom < all[index + 1].effectiveFrom);
}

/** Keeps what was published: a changed price is closed and followed by the new one, never rewritten. */
function withHistory(endpointId, listed, published) {
  const latest = listed.at(-1);
  const last = published?.at(-1);
  if (last === undefined) {
    return listed;
  }
  if (JSON.stringify([last.rates, last.tiers]) === JSON.stringify([latest.rates, latest.tiers])) {
    return published;
  }
  const since = latest.effectiveFrom > last.effectiveFrom ? latest.effectiveFrom : today;
  return [...published, priceOf(endpointId, since, latest.source, latest.rates, latest.tiers)];
}

function findListed(providerId, name) {
  const info = findProvider({ providerId })?.models.find(({ id }) => id === name || matches(name, id, providerId));
  if (info === undefined) {
    throw new Error(`The price list does not know ${providerId} ${name}.`);
  }
  return info;
}

function matches(name, id, providerId) {
  const info = findProvider({ providerId }).models.find((model) => model.id === id);
  return (info.match.or ?? [info.match]).some((rule) => rule.equals === name);
}

function build(providerId, entry, before) {
  const { upstream, operation = 'chat', releasedAt } = entry;
  const author = (entry.slug ?? `${providerId}/`).split('/')[0];
  const slug = entry.slug ?? `${author}/${upstream}`;
  const provider = entry.provider ?? providerId;
  const endpointId = `${slug}@${provider}`;
  const info = entry.rates === undefined ? findListed(providerId, entry.prices ?? upstream) : undefined;
  const ownPrice = () =>
    priceOf(
      endpointId,
      releasedAt,
      'turnpike',
      Object.fromEntries(Object.entries(entry.rates).map(([name, usd]) => [name, toNano(usd)])),
      [],
    );
  const prices = info === undefined ? [ownPrice()] : listedPrices(endpointId, info, releasedAt);
  const contextTokens = entry.contextTokens ?? info?.context_window;
  const bare = [upstream, ...(entry.also ?? []), ...(entry.snapshots ?? [])];
  const prefixed = bare.flatMap((name) => [`${author}/${name}`, `${provider}/${name}`]);
  const aliases = [...new Set([...bare, slug.slice(author.length + 1), ...prefixed])].filter((name) => name !== slug);
  const known = before?.models
    .find((model) => model.slug === slug)
    ?.endpoints.find(({ id }) => id === endpointId)?.prices;
  return {
    slug,
    name: entry.name,
    author,
    operation,
    aliases,
    capabilities: {
      inputModalities: entry.inputModalities ?? ['text'],
      outputModalities: entry.outputModalities ?? [operation === 'embeddings' ? 'embedding' : 'text'],
      supportsTools: entry.supportsTools ?? false,
      supportsReasoning: entry.supportsReasoning ?? false,
      supportsJsonSchema: entry.supportsJsonSchema ?? false,
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(entry.maxOutputTokens === undefined ? {} : { maxOutputTokens: entry.maxOutputTokens }),
    },
    releasedAt,
    sources: {
      prices: prices.at(-1).source,
      ...(contextTokens === undefined
        ? {}
        : { contextTokens: entry.contextTokens === undefined ? pricesSource : 'by hand' }),
      ...(entry.maxOutputTokens === undefined ? {} : { maxOutputTokens: 'by hand' }),
      capabilities: 'by hand',
      releasedAt: entry.releasedAtSource,
    },
    endpoints: [
      {
        id: endpointId,
        providerId: provider,
        upstreamModel: upstream,
        protocol: protocols[provider][operation],
        ...(contextTokens === undefined ? {} : { contextTokens }),
        ...(entry.maxOutputTokens === undefined ? {} : { maxOutputTokens: entry.maxOutputTokens }),
        prices: withHistory(endpointId, prices, known),
      },
    ],
  };
}

function readBefore() {
  try {
    return JSON.parse(readFileSync(target, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

const before = readBefore();
const models = Object.entries(offered)
  .flatMap(([providerId, entries]) => entries.map((entry) => build(providerId, entry, before)))
  .sort((left, right) => (left.slug < right.slug ? -1 : 1));
writeFileSync(target, `${JSON.stringify({ pricesSource, models }, null, 2)}\n`);
process.stdout.write(`${models.length} models\n`);
