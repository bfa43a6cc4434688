import { z } from 'zod';

const cacheControl = z.looseObject({ type: z.string(), ttl: z.enum(['5m', '1h']).optional() }).nullish();

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  thinking: z.string().optional(),
  signature: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  input: z.unknown().optional(),
  tool_use_id: z.string().optional(),
  content: z.unknown().optional(),
  cache_control: cacheControl,
});

const message = z.looseObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(block)]),
});

const tool = z.looseObject({
  name: z.string().optional(),
  type: z.string().nullish(),
  input_schema: z.looseObject({}).optional(),
  cache_control: cacheControl,
});

const format = z.looseObject({ type: z.literal('json_schema'), schema: z.looseObject({}) }).nullish();

/** The fields of a messages request that decide its answer; others are let pass. */
export const messagesRequest = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  max_tokens: z.int().min(1),
  system: z.union([z.string(), z.array(block)]).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .looseObject({
      type: z.enum(['auto', 'any', 'tool', 'none']),
      name: z.string().optional(),
      disable_parallel_tool_use: z.boolean().nullish(),
    })
    .nullish(),
  thinking: z
    .looseObject({
      type: z.enum(['enabled', 'disabled', 'adaptive']),
      budget_tokens: z.int().min(1024).optional(),
      display: z.enum(['summarized', 'omitted']).nullish(),
    })
    .nullish(),
  output_config: z.looseObject({ effort: z.string().nullish(), format }).nullish(),
  output_format: format,
  cache_control: cacheControl,
  stop_sequences: z.array(z.string()).nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
});

export type MessagesRequest = z.output<typeof messagesRequest>;
export type MessageBlock = z.output<typeof block>;
export type Message = z.output<typeof message>;

/** Every top-level field that Anthropic documents for the operation, betas included. */
export const messagesFields: ReadonlySet<string> = new Set([
  ...Object.keys(messagesRequest.shape),
  'betas',
  'container',
  'context_management',
  'inference_geo',
  'mcp_servers',
  'metadata',
  'service_tier',
]);

/** The blocks of a content field, which may also be plain text. */
export function blocksOf(content: Message['content']): readonly MessageBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
