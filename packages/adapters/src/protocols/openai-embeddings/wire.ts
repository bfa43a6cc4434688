import { z } from 'zod';

/** What clients send: https://platform.openai.com/docs/api-reference/embeddings/create */
export const embeddingsRequest = z.looseObject({
  model: z.string().min(1).max(256),
  input: z.union([
    z.string().min(1),
    z.array(z.string()).min(1),
    z.array(z.int().min(0)).min(1),
    z.array(z.array(z.int().min(0)).min(1)).min(1),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).max(1_000_000).nullish(),
  user: z.string().nullish(),
});

export type EmbeddingsBody = z.output<typeof embeddingsRequest>;

/** Fields that steer us and that a provider would refuse. */
export const gatewayFields: readonly string[] = [
  'provider',
  'models',
  'route',
  'preset',
  'session_id',
  'trace',
  'debug',
  'fallbacks',
];
