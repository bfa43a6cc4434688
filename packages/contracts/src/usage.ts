import { z } from 'zod';
import {
  commaList,
  count,
  idIn,
  idOut,
  momentIn,
  nanoUsdAmount,
  pageOf,
  pageQuery,
  timestamp,
  usdAmount,
} from './primitives.ts';

export const callStatuses = ['success', 'error', 'cancelled'] as const;
export const attemptStates = ['settled', 'estimated', 'failed', 'orphaned'] as const;

/** What a call consumed, in disjoint buckets: no token is counted twice. */
export const usageCountsSchema = z
  .object({
    inputTokens: count,
    cacheReadTokens: count,
    cacheWrite5mTokens: count,
    cacheWrite1hTokens: count,
    audioInputTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    audioOutputTokens: count,
    webSearches: count,
  })
  .meta({ id: 'UsageCounts' });

export type UsageCountsView = z.infer<typeof usageCountsSchema>;

/** One row of the request log: a call with all its attempts together. */
export const callSchema = z
  .object({
    requestId: idOut('request'),
    generationId: idOut('generation'),
    startedAt: timestamp,
    endedAt: timestamp,
    status: z.enum(callStatuses),
    projectId: idOut('project'),
    apiKey: z.object({ id: idOut('apiKey'), name: z.string(), prefix: z.string() }),
    mode: z.enum(['live', 'test']),
    operation: z.enum(['chat', 'embeddings']),
    clientProtocol: z.string(),
    isStream: z.boolean(),
    requestedModel: z.string(),
    model: z.string().nullable().meta({ description: 'The model that answered, or that was tried last.' }),
    providerId: z.string(),
    attemptCount: z.int().min(1),
    usage: usageCountsSchema,
    totalInputTokens: count,
    totalOutputTokens: count,
    usageSource: z.enum(['reported', 'estimated']),
    isUnpriced: z
      .boolean()
      .meta({ description: 'Charged at a ceiling price; a correction follows when the price is known.' }),
    chargeUsd: usdAmount,
    chargeNanoUsd: nanoUsdAmount,
    durationMs: count.meta({ description: 'From the start of the first attempt to the end of the last.' }),
    firstContentMs: count.nullable(),
    finishReason: z.string().nullable(),
    failureKind: z.string().nullable(),
    upstreamStatus: z.int().nullable(),
    endUser: z.string().nullable(),
  })
  .meta({ id: 'Call' });

export type CallView = z.infer<typeof callSchema>;

export const callListSchema = pageOf(callSchema).meta({ id: 'CallList' });
export type CallListView = z.infer<typeof callListSchema>;

/** One line of a charge: so many units at a price. `amountUsd` is exact; only the total is rounded, once, half up. */
export const costLineSchema = z
  .object({
    bucket: z.string().meta({ examples: ['input', 'cacheRead', 'output', 'request'] }),
    unit: z.enum(['token', 'request', 'search']),
    quantity: count,
    usdPerMillion: usdAmount,
    nanoUsdPerMillion: nanoUsdAmount,
    amountUsd: usdAmount.meta({ description: 'Exact, up to 15 decimals.' }),
  })
  .meta({ id: 'CostLine' });

export type CostLineView = z.infer<typeof costLineSchema>;

export const costSchema = z
  .object({
    lines: z
      .array(costLineSchema)
      .meta({ description: 'Empty when the price is not stored any more or the attempt cost nothing.' }),
    price: z.object({ id: z.string(), effectiveFrom: timestamp, aboveInputTokens: count.nullable() }).nullable(),
    priceBookEntry: z.object({ id: z.string(), numerator: z.string(), denominator: z.string() }).nullable(),
    totalUsd: usdAmount,
    totalNanoUsd: nanoUsdAmount.meta({ description: 'What was charged when the call ended. Nothing is priced again.' }),
    recomputedNanoUsd: nanoUsdAmount
      .nullable()
      .meta({ description: 'The sum of the lines, rounded; null without lines.' }),
    matches: z.boolean().nullable().meta({ description: 'Whether the two agree; null without lines.' }),
  })
  .meta({ id: 'Cost' });

export type CostView = z.infer<typeof costSchema>;

export const attemptSchema = z
  .object({
    attempt: z.int().min(1),
    state: z.enum(attemptStates),
    startedAt: timestamp,
    endedAt: timestamp,
    providerId: z.string(),
    endpointId: z.string(),
    model: z.string().nullable(),
    upstreamModel: z.string(),
    upstreamStatus: z.int().nullable(),
    failureKind: z.string().nullable(),
    failureMessage: z.string().nullable(),
    finishReason: z.string().nullable(),
    nativeFinishReason: z.string().nullable(),
    isCancelled: z.boolean(),
    isUnpriced: z.boolean(),
    durationMs: count,
    firstContentMs: count.nullable(),
    usage: usageCountsSchema,
    usageSource: z.enum(['reported', 'estimated']),
    cost: costSchema,
  })
  .meta({ id: 'Attempt' });

export type AttemptView = z.infer<typeof attemptSchema>;

export const callDetailSchema = callSchema
  .extend({
    correctionUsd: usdAmount.meta({
      description: 'What later corrections added to the attempts or took off; in `chargeUsd`.',
    }),
    correctionNanoUsd: nanoUsdAmount,
    attempts: z.array(attemptSchema).meta({ description: 'In order; the last one answered, or failed last.' }),
  })
  .meta({ id: 'CallDetail' });

export type CallDetailView = z.infer<typeof callDetailSchema>;

export const callParams = z.object({ organizationId: idIn('organization'), requestId: idIn('request') });

const scopeFilters = {
  from: momentIn.optional().meta({ description: 'Inclusive. Default: 24 hours before `to`.' }),
  to: momentIn.optional().meta({ description: 'Exclusive. Default: now.' }),
  projectId: idIn('project').optional(),
  apiKeyId: idIn('apiKey').optional(),
  model: z.string().max(200).optional(),
  providerId: z.string().max(60).optional(),
  mode: z.enum(['live', 'test']).optional(),
};

export const listCallsQuery = z.strictObject({
  ...scopeFilters,
  status: commaList(z.enum(callStatuses))
    .optional()
    .meta({ description: 'Comma-separated: success, error, cancelled.' }),
  requestId: idIn('request').optional(),
  minDurationMs: z.coerce.number().int().min(0).optional(),
  minChargeUsd: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .optional(),
  isStream: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  ...pageQuery,
});

export type ListCallsQuery = z.output<typeof listCallsQuery>;

export const usageSummaryQuery = z.strictObject(scopeFilters);
export type UsageSummaryQuery = z.output<typeof usageSummaryQuery>;

export const usageTotalsSchema = z
  .object({
    calls: count,
    failedCalls: count,
    usage: usageCountsSchema,
    totalInputTokens: count,
    totalOutputTokens: count,
    chargeUsd: usdAmount,
    chargeNanoUsd: nanoUsdAmount,
  })
  .meta({ id: 'UsageTotals' });

export type UsageTotalsView = z.infer<typeof usageTotalsSchema>;

export const usageSummarySchema = z
  .object({
    from: timestamp,
    to: timestamp,
    completeTo: timestamp.meta({ description: 'Every call that ended before this moment is in the figures.' }),
    totals: usageTotalsSchema,
    durationP50Ms: count.nullable(),
    durationP95Ms: count.nullable(),
    firstContentP50Ms: count.nullable(),
    firstContentP95Ms: count.nullable(),
  })
  .meta({ id: 'UsageSummary' });

export type UsageSummaryView = z.infer<typeof usageSummarySchema>;

export const usageIntervals = ['hour', 'day'] as const;
export const usageGroups = ['none', 'model', 'provider', 'apiKey', 'project'] as const;

export const usageSeriesQuery = z.strictObject({
  ...scopeFilters,
  interval: z.enum(usageIntervals).default('hour'),
  groupBy: z.enum(usageGroups).default('none'),
  top: z.coerce
    .number()
    .int()
    .min(1)
    .max(20)
    .default(8)
    .meta({ description: 'Groups by charge; the rest is one group `other`.' }),
});

export type UsageSeriesQuery = z.output<typeof usageSeriesQuery>;

/** A time series. A bucket without calls is absent from `points`: missing is not zero for averages. */
export const usageSeriesSchema = z
  .object({
    from: timestamp,
    to: timestamp,
    completeTo: timestamp,
    interval: z.enum(usageIntervals),
    groupBy: z.enum(usageGroups),
    groups: z.array(
      z.object({
        key: z.string().nullable().meta({
          description: 'Slug, provider id or id; `all` without groups; null for all beyond the top ones together.',
        }),
        label: z.string(),
        totals: usageTotalsSchema,
        points: z.array(
          z.object({ at: timestamp.meta({ description: 'Start of the bucket, UTC.' }), totals: usageTotalsSchema }),
        ),
      }),
    ),
  })
  .meta({ id: 'UsageSeries' });

export type UsageSeriesView = z.infer<typeof usageSeriesSchema>;
