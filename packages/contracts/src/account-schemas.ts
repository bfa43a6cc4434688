import type { JsonObject } from '@turnpike/core/json';
import { described, flag, integer, listOf, nullable, ref, shape, text } from './json-schema.ts';

const number = { type: 'number' };
const dollars = described(number, 'US dollars, for display.');
const exactDollars = described(text, 'The same, exact, as a decimal string.');
const moment = { type: 'string', format: 'date-time' };

const keyRateLimit = shape(
  {
    scope: { enum: ['key', 'project', 'organization'] },
    kind: { enum: ['requests', 'tokens', 'concurrency'] },
    limit: integer,
    window_ms: integer,
  },
  ['scope', 'kind', 'limit', 'window_ms'],
);

const generation = shape(
  {
    id: text,
    request_id: text,
    model: text,
    requested_model: text,
    provider_name: text,
    created_at: moment,
    streamed: flag,
    cancelled: flag,
    state: { enum: ['settled', 'estimated', 'failed', 'orphaned'] },
    total_cost: dollars,
    total_cost_exact: exactDollars,
    tokens_prompt: integer,
    tokens_completion: integer,
    native_tokens_cached: integer,
    native_tokens_reasoning: integer,
    usage_source: { enum: ['reported', 'estimated'] },
    finish_reason: nullable(text),
    native_finish_reason: nullable(text),
    latency: described(nullable(number), 'Milliseconds to the first content.'),
    generation_time: described(number, 'Milliseconds in all.'),
    is_byok: flag,
    is_unpriced: flag,
    attempts: listOf(
      shape(
        {
          attempt: integer,
          provider: text,
          model: text,
          state: text,
          status: nullable(integer),
          failure: nullable(text),
          duration_ms: number,
        },
        ['attempt', 'provider', 'model', 'state', 'status', 'failure', 'duration_ms'],
      ),
    ),
  },
  [
    'id',
    'request_id',
    'model',
    'provider_name',
    'created_at',
    'total_cost',
    'tokens_prompt',
    'tokens_completion',
    'attempts',
  ],
);

/** The schemas of the endpoints of `/v1` that only read, by their names in the OpenAPI document. */
export const accountSchemas: Readonly<Record<string, JsonObject>> = {
  AvailableModel: shape(
    {
      id: described(text, 'The slug.'),
      object: { const: 'model' },
      created: integer,
      owned_by: text,
      name: text,
      aliases: listOf(text),
      context_length: nullable(integer),
      architecture: shape({ input_modalities: listOf(text), output_modalities: listOf(text) }, []),
      pricing: described(
        nullable({ type: 'object', additionalProperties: text }),
        'US dollars per token, request or search, as decimal strings: `prompt`, `completion`, `input_cache_read`, …; null without a price.',
      ),
      top_provider: shape({ context_length: nullable(integer), max_completion_tokens: nullable(integer) }, []),
      supported_parameters: listOf(text),
      providers: listOf(text),
    },
    ['id', 'object', 'created', 'owned_by'],
  ),
  AvailableModels: shape({ object: { const: 'list' }, data: listOf(ref('AvailableModel')) }, ['object', 'data']),
  CallingKey: shape(
    {
      data: shape(
        {
          id: text,
          label: text,
          mode: { enum: ['live', 'test'] },
          organization_id: text,
          project_id: text,
          usage: dollars,
          usage_daily: described(number, 'US dollars since midnight UTC.'),
          usage_weekly: described(number, 'US dollars since Monday, midnight UTC.'),
          usage_monthly: described(number, 'US dollars since the first of the month, midnight UTC.'),
          usage_exact: exactDollars,
          allowed_models: nullable(listOf(text)),
          rate_limits: listOf(keyRateLimit),
          expires_at: nullable(moment),
        },
        ['id', 'label', 'mode', 'organization_id', 'project_id', 'usage', 'usage_exact', 'rate_limits'],
      ),
    },
    ['data'],
    'The calling key: its limits and what it has used.',
  ),
  Credits: shape(
    {
      data: shape({ total_credits: dollars, total_usage: dollars, balance: dollars, balance_exact: exactDollars }, [
        'total_credits',
        'total_usage',
        'balance',
        'balance_exact',
      ]),
    },
    ['data'],
    'What the organization was credited, what it used, and what is left.',
  ),
  Generation: shape({ data: generation }, ['data'], 'A call after the fact.'),
};
