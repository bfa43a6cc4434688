import { z } from 'zod';

import { jsonObject, tokenLimit, typedObject } from '../../strict.ts';

/**
 * What clients send: https://docs.anthropic.com/en/api/messages. Types are strict; unknown fields and blocks pass,
 * because betas add some every month.
 */

const source = z.looseObject({
  type: z.string(),
  media_type: z.string().nullish(),
  data: z.string().nullish(),
  url: z.string().nullish(),
  file_id: z.string().nullish(),
  content: z.unknown().optional(),
});

const textBlock = z.looseObject({
  type: z.literal('text'),
  text: z.string(),
  citations: z.array(jsonObject).nullish(),
});
const imageBlock = z.looseObject({ type: z.literal('image'), source });
const documentBlock = z.looseObject({
  type: z.literal('document'),
  source,
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.looseObject({ enabled: z.boolean().nullish() }).nullish(),
});
const thinkingBlock = z.looseObject({
  type: z.literal('thinking'),
  thinking: z.string(),
  signature: z.string().nullish(),
});
const redactedBlock = z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() });
const toolUseBlock = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  // A call that was cut is kept as the text that came; see the response's writer.
  input: z.union([jsonObject, z.string()]),
});

const resultTypes = new Set(['text', 'image', 'document']);
const resultBlock = z.union([
  z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock]),
  typedObject(resultTypes).transform((block) => ({ type: 'unknown' as const, block })),
]);
const toolResultBlock = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(resultBlock)]).nullish(),
  is_error: z.boolean().nullish(),
});

const blockTypes = new Set([...resultTypes, 'thinking', 'redacted_thinking', 'tool_use', 'tool_result']);
const block = z.union([
  z.discriminatedUnion('type', [
    textBlock,
    imageBlock,
    documentBlock,
    thinkingBlock,
    redactedBlock,
    toolUseBlock,
    toolResultBlock,
  ]),
  typedObject(blockTypes).transform((unknown) => ({ type: 'unknown' as const, block: unknown })),
]);

const message = z.looseObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(block)]),
});

const customTool = z.looseObject({
  type: z.literal('custom').nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: jsonObject,
  strict: z.boolean().nullish(),
});
const serverTool = typedObject(new Set(['custom'])).transform((definition) => ({
  type: 'server' as const,
  definition,
}));

const outputFormat = z.looseObject({ type: z.string(), schema: jsonObject.nullish() });

export const messagesRequest = z.looseObject({
  model: z.string().min(1).max(256),
  messages: z.array(message).min(1),
  max_tokens: tokenLimit,
  system: z.union([z.string(), z.array(textBlock)]).nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  tools: z.array(z.union([customTool, serverTool])).nullish(),
  tool_choice: z
    .looseObject({ type: z.string(), name: z.string().nullish(), disable_parallel_tool_use: z.boolean().nullish() })
    .nullish(),
  thinking: z
    .looseObject({ type: z.string(), budget_tokens: z.int().nullish(), display: z.string().nullish() })
    .nullish(),
  output_config: z.looseObject({ effort: z.string().nullish(), format: outputFormat.nullish() }).nullish(),
  output_format: outputFormat.nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  service_tier: z.string().nullish(),
  cache_control: jsonObject.nullish(),
});

export type MessagesRequest = z.output<typeof messagesRequest>;
export type WireMessage = MessagesRequest['messages'][number];
export type WireBlock = z.output<typeof block>;
export type WireResultBlock = z.output<typeof resultBlock>;
export type WireSource = z.output<typeof source>;
export type WireTool = NonNullable<MessagesRequest['tools']>[number];

/** Fields that steer us and that a provider would refuse. */
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
];
