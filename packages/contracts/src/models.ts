import { z } from 'zod';
import { count, nanoUsdAmount, timestamp, usdAmount } from './primitives.ts';

/** A price per million units. */
export const rateSchema = z
  .object({
    bucket: z.string().meta({ examples: ['input', 'cacheRead', 'output'] }),
    usdPerMillion: usdAmount,
    nanoUsdPerMillion: nanoUsdAmount,
  })
  .meta({ id: 'Rate' });

export const modelPriceSchema = z
  .object({
    id: z.string(),
    effectiveFrom: timestamp,
    rates: z.array(rateSchema),
    tiers: z.array(z.object({ aboveInputTokens: count, rates: z.array(rateSchema) })),
  })
  .meta({ id: 'ModelPrice' });

export const modelEndpointSchema = z
  .object({
    id: z.string(),
    providerId: z.string(),
    upstreamModel: z.string(),
    contextTokens: count.nullable(),
    maxOutputTokens: count.nullable(),
    price: modelPriceSchema.nullable().meta({ description: 'Null: nobody has told us a price.' }),
  })
  .meta({ id: 'ModelEndpoint' });

export const modelSchema = z
  .object({
    slug: z.string().meta({ examples: ['anthropic/claude-sonnet-5'] }),
    name: z.string(),
    author: z.string(),
    aliases: z.array(z.string()),
    operation: z.enum(['chat', 'embeddings']),
    inputModalities: z.array(z.string()),
    outputModalities: z.array(z.string()),
    supportsTools: z.boolean(),
    supportsReasoning: z.boolean(),
    supportsJsonSchema: z.boolean(),
    contextTokens: count.nullable(),
    maxOutputTokens: count.nullable(),
    endpoints: z.array(modelEndpointSchema),
  })
  .meta({ id: 'Model' });

export type ModelView = z.infer<typeof modelSchema>;

export const modelListSchema = z
  .object({ items: z.array(modelSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'ModelList' });
export type ModelListView = z.infer<typeof modelListSchema>;

export const modelParams = z.object({ author: z.string().min(1).max(100), model: z.string().min(1).max(200) });

export const listModelsQuery = z.strictObject({
  search: z.string().trim().max(100).optional(),
  operation: z.enum(['chat', 'embeddings']).optional(),
  providerId: z.string().max(60).optional(),
});

export type ListModelsQuery = z.output<typeof listModelsQuery>;
