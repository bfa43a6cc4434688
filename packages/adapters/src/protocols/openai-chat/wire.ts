import { z } from 'zod';

import { jsonObject, tokenLimit, typedObject } from '../../strict.ts';

/**
 * What clients send, in OpenAI's spelling: https://platform.openai.com/docs/api-reference/chat/create and the fields
 * that OpenRouter's and others' clients add. Types are strict; unknown fields pass.
 */

const optionalText = z.string().nullish();

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() });
const imagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: z.string(), detail: optionalText }),
});
const audioPart = z.looseObject({
  type: z.literal('input_audio'),
  input_audio: z.looseObject({ data: z.string(), format: z.string() }),
});
const filePart = z.looseObject({
  type: z.literal('file'),
  file: z.looseObject({ filename: optionalText, file_data: optionalText, file_id: optionalText }),
});
const refusalPart = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });

const knownParts = new Set(['text', 'image_url', 'input_audio', 'file', 'refusal']);
/** A part of another vendor's making; only a provider of this protocol may know it. */
const unknownPart = typedObject(knownParts).transform((block) => ({ type: 'unknown' as const, block }));

const contentPart = z.union([
  z.discriminatedUnion('type', [textPart, imagePart, audioPart, filePart, refusalPart]),
  unknownPart,
]);
const content = z.union([z.string(), z.array(contentPart)]);

const functionCall = z.looseObject({ name: z.string(), arguments: z.string() });
const knownCall = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('function'), id: z.string(), function: functionCall }),
  z.looseObject({
    type: z.literal('custom'),
    id: z.string(),
    custom: z.looseObject({ name: z.string(), input: z.string() }),
  }),
]);
/** Some clients leave the type out; it can only be a function then. */
const untypedCall = z
  .looseObject({ type: z.undefined(), id: z.string(), function: functionCall })
  .transform((call) => ({
    id: call.id,
    function: call.function,
    cache_control: call['cache_control'],
    type: 'function' as const,
  }));

/** Reasoning as OpenRouter's clients echo it: https://openrouter.ai/docs/use-cases/reasoning-tokens */
const reasoningDetail = z.looseObject({
  type: z.string(),
  text: optionalText,
  summary: optionalText,
  data: optionalText,
  signature: optionalText,
  format: optionalText,
});

const name = optionalText;
const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content, name }),
  z.looseObject({ role: z.literal('developer'), content, name }),
  z.looseObject({ role: z.literal('user'), content, name }),
  z.looseObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    name,
    refusal: optionalText,
    tool_calls: z.array(z.union([knownCall, untypedCall])).nullish(),
    function_call: functionCall.nullish(),
    audio: jsonObject.nullish(),
    reasoning: z.unknown().optional(),
    reasoning_content: optionalText,
    reasoning_details: z.array(reasoningDetail).nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string() }),
  /** Superseded by `tool`, still sent by old clients. */
  z.looseObject({ role: z.literal('function'), content: content.nullable(), name: z.string() }),
]);

const functionDefinition = z.looseObject({
  name: z.string().min(1),
  description: optionalText,
  parameters: jsonObject.nullish(),
  strict: z.boolean().nullish(),
});
const functionTool = z.looseObject({ type: z.literal('function'), function: functionDefinition });
const otherTool = typedObject(new Set(['function'])).transform((definition) => ({
  type: 'other' as const,
  definition,
}));

const toolChoice = z.union([
  z.string(),
  z.looseObject({
    type: z.string(),
    function: z.looseObject({ name: z.string() }).optional(),
    custom: z.looseObject({ name: z.string() }).optional(),
  }),
]);

const responseFormat = z.looseObject({
  type: z.string(),
  json_schema: z
    .looseObject({
      name: z.string().nullish(),
      description: optionalText,
      schema: jsonObject.nullish(),
      strict: z.boolean().nullish(),
    })
    .nullish(),
});

export const chatRequest = z.looseObject({
  model: z.string().min(1).max(256),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokenLimit.nullish(),
  max_completion_tokens: tokenLimit.nullish(),
  n: z.int().min(1).max(128).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  presence_penalty: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  seed: z.number().nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().nullish(),
  logit_bias: jsonObject.nullish(),
  tools: z.array(z.union([functionTool, otherTool])).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  functions: z.array(functionDefinition).nullish(),
  function_call: z.union([z.string(), z.looseObject({ name: z.string() })]).nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: optionalText,
  reasoning: z
    .looseObject({
      effort: optionalText,
      max_tokens: z.number().nullish(),
      enabled: z.boolean().nullish(),
      exclude: z.boolean().nullish(),
    })
    .nullish(),
  service_tier: optionalText,
  user: optionalText,
  metadata: jsonObject.nullish(),
  cache_control: jsonObject.nullish(),
  usage: z.looseObject({ include: z.boolean().nullish() }).nullish(),
});

export type ChatRequest = z.output<typeof chatRequest>;
export type ChatMessage = ChatRequest['messages'][number];
export type ChatContent = z.output<typeof content>;
export type ChatPart = z.output<typeof contentPart>;

/** Fields that steer us and that a provider would refuse. One that is a gateway itself keeps those it knows. */
export const gatewayFields: readonly string[] = [
  'provider',
  'models',
  'plugins',
  'route',
  'transforms',
  'preset',
  'session_id',
  'trace',
  'debug',
  'fallbacks',
  'usage',
  'reasoning',
  'cache_control',
];
