import type { ApiKeyId, OrganizationId, ProjectId, RequestId } from '@turnpike/core/ids';
import type { NanoUsd } from '@turnpike/core/money';
import { Prisma } from '../generated/client.ts';

/** How a call came out: its last attempt decides. */
export type CallStatus = 'success' | 'error' | 'cancelled';

/** Which calls are meant. A call belongs to the moment at which it began: `from` inclusive, `to` exclusive. */
export interface CallScope {
  readonly fromMs: number;
  readonly toMs: number;
  readonly projectId?: ProjectId;
  readonly apiKeyId?: ApiKeyId;
  /** A slug, or the name that the caller used. */
  readonly model?: string;
  readonly providerId?: string;
  readonly mode?: 'live' | 'test';
}

export interface CallFilter extends CallScope {
  readonly statuses?: readonly CallStatus[];
  readonly requestId?: RequestId;
  readonly minDurationMs?: number;
  readonly minChargeNanoUsd?: NanoUsd;
  readonly isStream?: boolean;
}

/**
 * One row per call, made of its attempts: facts of the last attempt, sums of all, corrections included. Grouped by
 * (started_at, request_id), the order of an index, so that a page of the newest calls reads no more than the page.
 */
export function callsSql(organizationId: OrganizationId, filter: CallFilter, before?: Prisma.Sql): Prisma.Sql {
  const rows = [
    Prisma.sql`u.organization_id = ${organizationId}::uuid`,
    Prisma.sql`u.started_at >= ${new Date(filter.fromMs)} AND u.started_at < ${new Date(filter.toMs)}`,
    // Facts of the call, equal for all its attempts: they may be filtered before grouping.
    ...(filter.projectId === undefined ? [] : [Prisma.sql`u.project_id = ${filter.projectId}::uuid`]),
    ...(filter.apiKeyId === undefined ? [] : [Prisma.sql`u.api_key_id = ${filter.apiKeyId}::uuid`]),
    ...(filter.mode === undefined ? [] : [Prisma.sql`u.mode = ${filter.mode}`]),
    ...(filter.isStream === undefined ? [] : [Prisma.sql`u.is_stream = ${filter.isStream}`]),
    ...(filter.requestId === undefined ? [] : [Prisma.sql`u.request_id = ${filter.requestId}::uuid`]),
    ...(before === undefined ? [] : [before]),
  ];
  const calls = [
    ...(filter.model === undefined
      ? []
      : [Prisma.sql`bool_or(u.model_slug = ${filter.model} OR u.requested_model = ${filter.model})`]),
    ...(filter.providerId === undefined ? [] : [Prisma.sql`bool_or(u.provider_id = ${filter.providerId})`]),
    ...(filter.statuses === undefined ? [] : [Prisma.sql`${statusSql} IN (${Prisma.join([...filter.statuses])})`]),
    ...(filter.minDurationMs === undefined ? [] : [Prisma.sql`${durationSql} >= ${filter.minDurationMs}`]),
    ...(filter.minChargeNanoUsd === undefined
      ? []
      : [Prisma.sql`sum(u.charge_nano_usd) >= ${filter.minChargeNanoUsd}`]),
  ];
  return Prisma.sql`
    SELECT u.started_at, u.request_id, ${statusSql} AS status, ${durationSql} AS duration_ms,
           ${lastOf(Prisma.sql`u.model_slug`)} AS model_slug, ${lastOf(Prisma.sql`u.provider_id`)} AS provider_id,
           ${lastOf(Prisma.sql`u.first_content_ms`)} AS first_content_ms,
           min(u.project_id::text) AS project_id, min(u.api_key_id::text) AS api_key_id,
           (sum(u.charge_nano_usd)
             + coalesce((SELECT sum(c.charge_delta_nano_usd) FROM usage_correction c
                          WHERE c.organization_id = ${organizationId}::uuid AND c.request_id = u.request_id), 0)
           )::bigint AS charge,
           ${Prisma.join(usageSums, ', ')}
      FROM usage_attempt u
     WHERE ${Prisma.join(rows, ' AND ')}
     GROUP BY u.started_at, u.request_id
     ${calls.length === 0 ? Prisma.empty : Prisma.sql`HAVING ${Prisma.join(calls, ' AND ')}`}`;
}

/** The buckets of `Usage`, by the names that queries give them. */
export const usageBuckets = [
  ['inputTokens', 'input_tokens'],
  ['cacheReadTokens', 'cache_read_tokens'],
  ['cacheWrite5mTokens', 'cache_write_5m_tokens'],
  ['cacheWrite1hTokens', 'cache_write_1h_tokens'],
  ['audioInputTokens', 'audio_input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['reasoningTokens', 'reasoning_tokens'],
  ['audioOutputTokens', 'audio_output_tokens'],
  ['webSearches', 'web_searches'],
] as const;

/** What a tenant is shown as usage: that of the attempts that are billed, not of failed ones. */
const usageSums = usageBuckets.map(
  ([, column]) =>
    Prisma.sql`sum(u.${Prisma.raw(column)}) FILTER (WHERE u.state IN ('settled', 'estimated')) AS ${Prisma.raw(column)}`,
);

function lastOf(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(array_agg(${column} ORDER BY u.attempt DESC))[1]`;
}

const statusSql = lastOf(Prisma.sql`
  CASE WHEN u.is_cancelled THEN 'cancelled'
       WHEN u.state IN ('failed', 'orphaned') OR u.failure_kind IS NOT NULL THEN 'error'
       ELSE 'success' END`);

/** From the start of the first attempt to the end of the last, in milliseconds. */
const durationSql = Prisma.sql`(extract(epoch FROM max(u.ended_at) - min(u.attempt_started_at)) * 1000)::float8`;
