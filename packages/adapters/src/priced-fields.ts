import type { JsonObject } from '@turnpike/core/json';

/**
 * Fields by which a client can choose a dearer way to the same tokens, with the values that cost no more than the
 * standard rate. The catalogue has no rate for the dearer ones, so that they could be neither held nor charged: they
 * are dropped and reported. The list is closed; a value that is not on it may be dearer, and is dropped too.
 */
const standardValues: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    /**
     * `flex` is cheaper; `auto` follows the setting of the operator's own account. Dearer are `priority`, `fast`,
     * `ultrafast` and `scale` (https://developers.openai.com/api/docs/guides/fast-mode,
     * https://platform.openai.com/docs/api-reference/chat/create#chat-create-service_tier) and `performance`
     * (https://console.groq.com/docs/service-tiers, whose standard is `on_demand`). Messages know `auto` and
     * `standard_only` (https://platform.claude.com/docs/en/api/service-tiers).
     */
    'service_tier',
    new Set(['auto', 'default', 'flex', 'standard', 'standard_only', 'on_demand']),
  ],
  /** `fast` costs two to six times the rate: https://platform.claude.com/docs/en/build-with-claude/fast-mode */
  ['speed', new Set(['standard'])],
  /** `us` costs 1.1 times the rate: https://platform.claude.com/docs/en/manage-claude/data-residency */
  ['inference_geo', new Set(['global'])],
]);

/**
 * Betas that allow a priced mode, by the beginning of their name (the rest is a date): see `speed` above. The beta of
 * long contexts is not one of them: what it costs are the tiers of a price, which are held and charged.
 */
const pricedBetas: readonly string[] = ['fast-mode-'];

export interface PlainBody {
  readonly body: JsonObject;
  /** Fields that were taken away, in the client's spelling. */
  readonly dropped: readonly string[];
}

/** A client's body without what would raise the provider's price; the same object where nothing does. */
export function dropPricedFields(body: JsonObject): PlainBody {
  const dropped = [...standardValues].flatMap(([field, standard]) => {
    const value = body[field];
    const isStandard = value === undefined || value === null || (typeof value === 'string' && standard.has(value));
    return isStandard ? [] : [field];
  });
  return dropped.length === 0
    ? { body, dropped }
    : { body: Object.fromEntries(Object.entries(body).filter(([field]) => !dropped.includes(field))), dropped };
}

/** The header by which clients switch betas on. */
const betaHeader = 'anthropic-beta';

export interface PlainHeaders {
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the headers of which a value was taken away. */
  readonly dropped: readonly string[];
}

/** A client's headers without the betas of priced modes; the same object where there are none. */
export function dropPricedBetas(headers: Readonly<Record<string, string>>): PlainHeaders {
  const betas = (headers[betaHeader] ?? '').split(',').map((beta) => beta.trim());
  const kept = betas.filter((beta) => !pricedBetas.some((prefix) => beta.toLowerCase().startsWith(prefix)));
  if (kept.length === betas.length) {
    return { headers, dropped: [] };
  }
  const { [betaHeader]: _priced, ...others } = headers;
  return { headers: kept.length === 0 ? others : { ...others, [betaHeader]: kept.join(',') }, dropped: [betaHeader] };
}
