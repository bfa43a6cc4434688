import type { JsonObject } from '@turnpike/core/json';
import { accountSchemas } from './account-schemas.ts';
import { described, flag, integer, listOf, nullable, ref, shape, text } from './json-schema.ts';

const modelName = described(text, 'A slug, a bare name or an alias: `anthropic/claude-sonnet-5`, `gpt-4o`.');
const content = { anyOf: [text, listOf({ type: 'object' })] };

const errorBody = shape(
  {
    message: text,
    type: text,
    code: described(text, 'Stable, for programs.'),
    param: nullable(text),
    metadata: shape(
      {
        error_type: text,
        request_id: text,
        retryable: flag,
        provider: text,
        provider_code: text,
        attempts: listOf({ type: 'object' }),
      },
      ['error_type', 'request_id'],
    ),
  },
  ['message', 'type', 'code', 'param'],
);

const usage = shape(
  {
    prompt_tokens: described(integer, 'Everything that was read, cache hits and writes included.'),
    completion_tokens: described(integer, 'Everything that was generated, reasoning included.'),
    total_tokens: integer,
    prompt_tokens_details: shape({ cached_tokens: integer, cache_write_tokens: integer, audio_tokens: integer }, []),
    completion_tokens_details: shape({ reasoning_tokens: integer, audio_tokens: integer }, []),
    cost: described({ type: 'number' }, 'US dollars, for display.'),
    cost_nano_usd: described(text, 'The same, exact, in nano-dollars.'),
  },
  ['prompt_tokens', 'completion_tokens', 'total_tokens'],
);

const toolCall = shape(
  {
    id: text,
    type: { enum: ['function', 'custom'] },
    function: shape({ name: text, arguments: text }, ['name', 'arguments']),
  },
  ['id', 'type'],
);

const finishReason = { enum: ['stop', 'length', 'tool_calls', 'content_filter', 'error'] };

/** The schemas of `/v1` by their names in the OpenAPI document. */
export const inferenceSchemas: Readonly<Record<string, JsonObject>> = {
  InferenceError: shape({ error: errorBody }, ['error'], 'An error as OpenAI clients read it.'),
  AnthropicError: shape(
    { type: { const: 'error' }, error: shape({ type: text, message: text }, ['type', 'message']), request_id: text },
    ['type', 'error'],
    'An error as Anthropic clients read it.',
  ),
  InferenceUsage: usage,
  ChatMessage: shape(
    {
      role: { enum: ['system', 'developer', 'user', 'assistant', 'tool'] },
      content: nullable(content),
      name: text,
      tool_calls: listOf(toolCall),
      tool_call_id: text,
    },
    ['role'],
  ),
  ChatCompletionRequest: shape(
    {
      model: modelName,
      messages: { ...listOf(ref('ChatMessage')), minItems: 1 },
      stream: flag,
      stream_options: shape({ include_usage: flag }, []),
      max_tokens: integer,
      max_completion_tokens: integer,
      temperature: { type: 'number', minimum: 0, maximum: 2 },
      top_p: { type: 'number', minimum: 0, maximum: 1 },
      stop: { anyOf: [text, listOf(text)] },
      tools: listOf({ type: 'object' }),
      tool_choice: { anyOf: [text, { type: 'object' }] },
      response_format: { type: 'object' },
      reasoning_effort: text,
      user: described(text, 'Your own end user; shown in the request log.'),
    },
    ['model', 'messages'],
  ),
  ChatCompletion: shape(
    {
      id: text,
      object: { const: 'chat.completion' },
      created: integer,
      model: text,
      choices: listOf(
        shape(
          { index: integer, message: ref('ChatMessage'), finish_reason: finishReason, native_finish_reason: text },
          ['index', 'message', 'finish_reason'],
        ),
      ),
      usage: ref('InferenceUsage'),
    },
    ['id', 'object', 'created', 'model', 'choices'],
  ),
  ChatCompletionChunk: shape(
    {
      id: text,
      object: { const: 'chat.completion.chunk' },
      created: integer,
      model: text,
      choices: listOf(
        shape({ index: integer, delta: { type: 'object' }, finish_reason: nullable(finishReason) }, ['index', 'delta']),
      ),
      usage: nullable(ref('InferenceUsage')),
      error: errorBody,
    },
    ['id', 'object', 'created', 'model', 'choices'],
    'One event of a stream. The last event is `[DONE]`; an error after the first content is a chunk with `error`.',
  ),
  MessageRequest: shape(
    {
      model: modelName,
      max_tokens: { type: 'integer', minimum: 1 },
      messages: {
        ...listOf(shape({ role: { enum: ['user', 'assistant'] }, content }, ['role', 'content'])),
        minItems: 1,
      },
      system: content,
      stream: flag,
      temperature: { type: 'number', minimum: 0, maximum: 1 },
      top_p: { type: 'number', minimum: 0, maximum: 1 },
      top_k: integer,
      stop_sequences: listOf(text),
      tools: listOf({ type: 'object' }),
      tool_choice: { type: 'object' },
      thinking: { type: 'object' },
      metadata: shape({ user_id: text }, []),
    },
    ['model', 'max_tokens', 'messages'],
  ),
  Message: shape(
    {
      id: text,
      type: { const: 'message' },
      role: { const: 'assistant' },
      model: text,
      content: listOf({ type: 'object' }),
      stop_reason: nullable(text),
      stop_sequence: nullable(text),
      usage: shape(
        {
          input_tokens: integer,
          output_tokens: integer,
          cache_read_input_tokens: integer,
          cache_creation_input_tokens: integer,
        },
        ['input_tokens', 'output_tokens'],
      ),
    },
    ['id', 'type', 'role', 'model', 'content', 'stop_reason', 'usage'],
  ),
  MessageStreamEvent: shape(
    {
      type: {
        enum: [
          'message_start',
          'content_block_start',
          'content_block_delta',
          'content_block_stop',
          'message_delta',
          'message_stop',
          'ping',
          'error',
        ],
      },
    },
    ['type'],
  ),
  EmbeddingsRequest: shape(
    {
      model: modelName,
      input: { anyOf: [text, listOf(text), listOf(integer), listOf(listOf(integer))] },
      encoding_format: { enum: ['float', 'base64'] },
      dimensions: { type: 'integer', minimum: 1 },
      user: text,
    },
    ['model', 'input'],
  ),
  Embeddings: shape(
    {
      object: { const: 'list' },
      model: text,
      data: listOf(
        shape(
          { object: { const: 'embedding' }, index: integer, embedding: { anyOf: [listOf({ type: 'number' }), text] } },
          ['object', 'index', 'embedding'],
        ),
      ),
      usage: ref('InferenceUsage'),
    },
    ['object', 'model', 'data'],
  ),
  ...accountSchemas,
};
