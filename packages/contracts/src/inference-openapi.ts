import { errorCatalogue } from '@turnpike/core/errors';
import type { ErrorCode } from '@turnpike/core/errors';
import type { JsonObject } from '@turnpike/core/json';
import { inferenceSchemas } from './inference-schemas.ts';

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string): JsonObject => ({ 'application/json': { schema: ref(name) } });
const security = [{ apiKey: [] }, { apiKeyHeader: [] }];

/** What any call of `/v1` can meet before it reaches a provider. */
const doorErrors: readonly ErrorCode[] = [
  'missing_api_key',
  'invalid_api_key',
  'expired_api_key',
  'ip_not_allowed',
  'access_denied',
  'account_suspended',
  'rate_limit_exceeded',
  'service_unavailable',
  'internal',
];

/** What a call of a model can meet besides. */
const modelErrors: readonly ErrorCode[] = [
  ...doorErrors,
  'invalid_request',
  'unsupported_parameter',
  'context_length_exceeded',
  'content_policy_violation',
  'model_access_denied',
  'guardrail_blocked',
  'insufficient_credits',
  'credits_reserved',
  'budget_exceeded',
  'model_not_found',
  'no_eligible_endpoint',
  'payload_too_large',
  'unsupported_media_type',
  'upstream_error',
  'upstream_malformed',
  'overloaded',
  'upstream_timeout',
];

const header = (description: string, type: 'string' | 'integer' | 'number' = 'string'): JsonObject => ({
  description,
  schema: { type },
});

const requestHeaders = { 'x-request-id': header('The id of this call: `req_…`. Quote it when you ask for help.') };

const rateLimitHeaders = {
  'x-ratelimit-limit-requests': header('Requests allowed per window.', 'integer'),
  'x-ratelimit-remaining-requests': header('Requests left in this window.', 'integer'),
  'x-ratelimit-reset-requests': header('Time until the window is full again, e.g. `1s`.'),
  'x-ratelimit-limit-tokens': header('Tokens allowed per window.', 'integer'),
  'x-ratelimit-remaining-tokens': header('Tokens left in this window.', 'integer'),
  'x-ratelimit-reset-tokens': header('Time until the window is full again.'),
};

const callHeaders = {
  ...requestHeaders,
  ...rateLimitHeaders,
  'x-generation-id': header('The id of the answer: `gen_…`; the argument of `/v1/generations/{id}`.'),
  'x-gateway-model': header('The model that answered.'),
  'x-gateway-provider': header('The provider that served it.'),
  'x-gateway-attempts': header('How many endpoints were tried.', 'integer'),
  'x-gateway-cost': header('What the call cost, in US dollars; not on streams and answers above 1 MB.'),
};

/** Failed answers, grouped by status, in the shape that the endpoint's own clients read. */
function failures(codes: readonly ErrorCode[], schema: string): JsonObject {
  const byStatus = Map.groupBy(codes, (code) => errorCatalogue[code].status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([left], [right]) => left - right)
      .map(([status, ofStatus]) => [
        String(status),
        {
          description: ofStatus.map((code) => `\`${code}\``).join(', '),
          headers:
            status === 429 || status === 503
              ? { ...requestHeaders, 'retry-after': header('Seconds after which a retry makes sense.', 'integer') }
              : requestHeaders,
          content: json(schema),
        },
      ]),
  );
}

function modelCall(
  operationId: string,
  summary: string,
  shapes: { readonly request: string; readonly response: string; readonly stream?: string; readonly error: string },
): JsonObject {
  return {
    operationId,
    tags: ['Inference'],
    summary,
    security,
    requestBody: { required: true, content: json(shapes.request) },
    responses: {
      200: {
        description:
          shapes.stream === undefined ? 'The answer.' : 'The answer; server-sent events when `stream` is true.',
        headers: callHeaders,
        content: {
          ...json(shapes.response),
          ...(shapes.stream === undefined ? {} : { 'text/event-stream': { schema: ref(shapes.stream) } }),
        },
      },
      ...failures(modelErrors, shapes.error),
    },
  };
}

function lookUp(
  operationId: string,
  summary: string,
  response: string,
  options: {
    readonly parameter?: { readonly name: string; readonly in: 'path' | 'query'; readonly description: string };
    readonly errors?: readonly ErrorCode[];
  } = {},
): JsonObject {
  const { parameter, errors = [] } = options;
  return {
    operationId,
    tags: ['Inference'],
    summary,
    security,
    ...(parameter === undefined ? {} : { parameters: [{ ...parameter, required: true, schema: { type: 'string' } }] }),
    responses: {
      200: { description: 'Found.', headers: requestHeaders, content: json(response) },
      ...failures([...doorErrors, ...errors], 'InferenceError'),
    },
  };
}

/** `/v1`, written by hand: its shapes belong to OpenAI and Anthropic, and only what we read or add is named. */
export const inferenceOpenApi: {
  readonly tags: readonly string[];
  readonly paths: JsonObject;
  readonly schemas: Readonly<Record<string, JsonObject>>;
} = {
  tags: ['Inference'],
  paths: {
    '/v1/chat/completions': {
      post: modelCall('createChatCompletion', 'Chat, in the shape of OpenAI', {
        request: 'ChatCompletionRequest',
        response: 'ChatCompletion',
        stream: 'ChatCompletionChunk',
        error: 'InferenceError',
      }),
    },
    '/v1/messages': {
      post: modelCall('createMessage', 'Chat, in the shape of Anthropic', {
        request: 'MessageRequest',
        response: 'Message',
        stream: 'MessageStreamEvent',
        error: 'AnthropicError',
      }),
    },
    '/v1/embeddings': {
      post: modelCall('createEmbeddings', 'Embeddings, in the shape of OpenAI', {
        request: 'EmbeddingsRequest',
        response: 'Embeddings',
        error: 'InferenceError',
      }),
    },
    '/v1/models': { get: lookUp('listAvailableModels', 'The models that this key may call', 'AvailableModels') },
    '/v1/models/{model}': {
      get: lookUp('getAvailableModel', 'One model', 'AvailableModel', {
        parameter: {
          name: 'model',
          in: 'path',
          description: 'The slug, slashes included: `anthropic/claude-sonnet-5`.',
        },
        errors: ['model_not_found'],
      }),
    },
    '/v1/key': { get: lookUp('getCallingKey', 'The calling key: its limits and what it has used', 'CallingKey') },
    '/v1/credits': {
      get: lookUp('getCredits', "The organization's credits: what came in and what was used", 'Credits'),
    },
    '/v1/generation': {
      get: lookUp('findGeneration', 'The same, as OpenRouter clients ask for it', 'Generation', {
        parameter: { name: 'id', in: 'query', description: 'From the header `x-generation-id`: `gen_…`.' },
        errors: ['not_found'],
      }),
    },
    '/v1/generations/{id}': {
      get: lookUp('getGeneration', 'One answer after the fact: tokens, cost, provider, latency', 'Generation', {
        parameter: { name: 'id', in: 'path', description: 'From the header `x-generation-id`: `gen_…`.' },
        errors: ['not_found'],
      }),
    },
  },
  schemas: inferenceSchemas,
};
