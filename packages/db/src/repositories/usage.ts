import { asId, timeOfId, type ProjectId, type RequestId } from '@turnpike/core/ids';
import type { Usage } from '@turnpike/core/inference/usage';
import type { UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { nanoUsd, type NanoUsd } from '@turnpike/core/money';
import { Prisma } from '../generated/client.ts';
import { oneOf } from '../row-values.ts';
import type { TenantScope } from '../tenant-scope.ts';
import { callsSql, usageBuckets, type CallFilter, type CallScope, type CallStatus } from './call-filter.ts';
import { attemptFromRow, usageColumns, type TenantAttempt, type UsageRow } from './usage-row.ts';

/** A call with all its attempts, in order. */
export interface CallRecord {
  readonly requestId: RequestId;
  readonly status: CallStatus;
  /** From the start of the first attempt to the end of the last. */
  readonly durationMs: number;
  /** What the call costs its tenant, corrections included. */
  readonly chargeNanoUsd: NanoUsd;
  readonly attempts: readonly TenantAttempt[];
}

export interface CallPage {
  readonly calls: readonly CallRecord[];
  /** Give it as `before` for the next page; undefined on the last one. */
  readonly next: RequestId | undefined;
}

/** Sums over calls. Tokens are those of billed attempts. */
export interface UsageTotals {
  readonly calls: number;
  readonly failedCalls: number;
  readonly usage: Usage;
  readonly chargeNanoUsd: NanoUsd;
}

export interface UsageSummary extends UsageTotals {
  readonly durationP50Ms: number | undefined;
  readonly durationP95Ms: number | undefined;
  readonly firstContentP50Ms: number | undefined;
  readonly firstContentP95Ms: number | undefined;
}

export interface SeriesOptions {
  readonly interval: 'hour' | 'day';
  readonly groupBy: 'none' | 'model' | 'provider' | 'apiKey' | 'project';
  /** So many groups by charge; all others are one group. */
  readonly top: number;
  /** IANA name of the zone whose hours and days are meant. */
  readonly timeZone: string;
}

/** One bucket of one group. `key`: slug, provider or id; undefined for all groups beyond the top ones, `''` for none. */
export interface UsagePoint extends UsageTotals {
  readonly atMs: number;
  readonly key: string | undefined;
}

interface TotalsRow extends Record<(typeof usageBuckets)[number][1], bigint | null> {
  readonly calls: bigint;
  readonly failed_calls: bigint;
  readonly charge: bigint | null;
}

const totalsSql = Prisma.sql`count(*) AS calls, count(*) FILTER (WHERE call.status = 'error') AS failed_calls,
  sum(call.charge)::bigint AS charge,
  ${Prisma.join(
    usageBuckets.map(([, column]) => Prisma.sql`sum(call.${Prisma.raw(column)})::bigint AS ${Prisma.raw(column)}`),
    ', ',
  )}`;

/** What an organization's calls consumed and cost. */
export function readUsage(scope: TenantScope) {
  const { organizationId } = scope;

  async function attemptsOf(requestIds: readonly RequestId[]): Promise<readonly TenantAttempt[]> {
    if (requestIds.length === 0) {
      return [];
    }
    const keys = requestIds.map((id) => Prisma.sql`(${new Date(timeOfId(id))}::timestamptz, ${id}::uuid)`);
    const rows = await scope.read(
      (client) => client.$queryRaw<UsageRow[]>`
      SELECT ${usageColumns} FROM usage_attempt
       WHERE organization_id = ${organizationId}::uuid AND (started_at, request_id) IN (${Prisma.join(keys)})
       ORDER BY request_id, attempt`,
    );
    return rows.map(attemptFromRow);
  }

  return {
    /** The request log, newest call first. */
    listCalls: async (
      filter: CallFilter,
      page: { readonly limit: number; readonly before?: RequestId },
    ): Promise<CallPage> => {
      const before =
        page.before === undefined
          ? undefined
          : Prisma.sql`(u.started_at, u.request_id) < (${new Date(timeOfId(page.before))}::timestamptz, ${page.before}::uuid)`;
      const rows = await scope.read(
        (client) => client.$queryRaw<CallRow[]>`
        ${callsSql(organizationId, filter, before)}
        ORDER BY u.started_at DESC, u.request_id DESC LIMIT ${page.limit + 1}`,
      );
      const shown = rows.slice(0, page.limit);
      const attempts = await attemptsOf(shown.map((row) => asId<'request'>(row.request_id)));
      const calls = shown.map((row) => callFromRow(row, attempts));
      return { calls, next: rows.length > page.limit ? calls.at(-1)?.requestId : undefined };
    },

    /** One call, by the id that its answer showed as request and generation id; within a project when one is given. */
    findCall: async (requestId: RequestId, projectId?: ProjectId): Promise<CallRecord | undefined> => {
      const startedAtMs = timeOfId(requestId);
      const filter: CallFilter = {
        fromMs: startedAtMs,
        toMs: startedAtMs + 1,
        requestId,
        ...(projectId === undefined ? {} : { projectId }),
      };
      const [row] = await scope.read((client) => client.$queryRaw<CallRow[]>(callsSql(organizationId, filter)));
      return row === undefined ? undefined : callFromRow(row, await attemptsOf([requestId]));
    },

    /** Totals and typical times of the calls of a span. Times are of calls that succeeded. */
    summarize: async (calls: CallScope): Promise<UsageSummary> => {
      const [row] = await scope.read(
        (client) => client.$queryRaw<(TotalsRow & PercentileRow)[]>`
        SELECT ${totalsSql},
               percentile_cont(0.5) WITHIN GROUP (ORDER BY call.duration_ms) FILTER (WHERE call.status = 'success') AS duration_p50,
               percentile_cont(0.95) WITHIN GROUP (ORDER BY call.duration_ms) FILTER (WHERE call.status = 'success') AS duration_p95,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY call.first_content_ms) FILTER (WHERE call.status = 'success') AS first_p50,
               percentile_cont(0.95) WITHIN GROUP (ORDER BY call.first_content_ms) FILTER (WHERE call.status = 'success') AS first_p95
          FROM (${callsSql(organizationId, calls)}) AS call`,
      );
      return {
        ...totalsFromRow(row),
        durationP50Ms: row?.duration_p50 ?? undefined,
        durationP95Ms: row?.duration_p95 ?? undefined,
        firstContentP50Ms: row?.first_p50 ?? undefined,
        firstContentP95Ms: row?.first_p95 ?? undefined,
      };
    },

    /** Totals per hour or day, and per group; a bucket without calls is absent. Oldest bucket first. */
    series: async (calls: CallScope, options: SeriesOptions): Promise<readonly UsagePoint[]> => {
      const key = groupSql(options.groupBy);
      const rows = await scope.read(
        (client) => client.$queryRaw<(TotalsRow & { at: Date; key: string | null })[]>`
        WITH call AS MATERIALIZED (
          SELECT c.*, ${key} AS key, date_trunc(${options.interval}::text, c.started_at, ${options.timeZone}::text) AS at
            FROM (${callsSql(organizationId, calls)}) AS c
        ), top AS (
          SELECT call.key FROM call GROUP BY call.key ORDER BY sum(call.charge) DESC, count(*) DESC, call.key
           LIMIT ${options.top}
        )
        SELECT call.at, top.key, ${totalsSql}
          FROM call LEFT JOIN top ON top.key = call.key
         GROUP BY call.at, top.key ORDER BY call.at, top.key NULLS LAST`,
      );
      return rows.map((row) => ({ atMs: row.at.getTime(), key: row.key ?? undefined, ...totalsFromRow(row) }));
    },
  };
}

/** What calls consumed and cost, and what they cost us. */
export function usageRepository(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    ...readUsage(scope),

    /** The attempts of a call, in order, as they were metered; empty when there is no such call. */
    attempts: async (requestId: RequestId): Promise<readonly UsageAttempt[]> => {
      const rows = await scope.read(
        (client) => client.$queryRaw<(UsageRow & { provider_cost_nano_usd: bigint })[]>`
        SELECT ${usageColumns}, provider_cost_nano_usd FROM usage_attempt
         WHERE organization_id = ${organizationId}::uuid AND started_at = ${new Date(timeOfId(requestId))}
           AND request_id = ${requestId}::uuid
         ORDER BY attempt`,
      );
      return rows.map((row) => {
        const { call, attempt, outcome } = attemptFromRow(row);
        return { call, attempt, outcome: { ...outcome, providerCostNanoUsd: nanoUsd(row.provider_cost_nano_usd) } };
      });
    },
  };
}

interface CallRow {
  readonly request_id: string;
  readonly status: string;
  readonly duration_ms: number;
  readonly charge: bigint;
}

interface PercentileRow {
  readonly duration_p50: number | null;
  readonly duration_p95: number | null;
  readonly first_p50: number | null;
  readonly first_p95: number | null;
}

function groupSql(groupBy: SeriesOptions['groupBy']): Prisma.Sql {
  switch (groupBy) {
    case 'none':
      return Prisma.sql`''`;
    case 'model':
      return Prisma.sql`coalesce(c.model_slug, '')`;
    case 'provider':
      return Prisma.sql`c.provider_id`;
    case 'apiKey':
      return Prisma.sql`c.api_key_id`;
    case 'project':
      return Prisma.sql`c.project_id`;
    default:
      return groupBy satisfies never;
  }
}

function callFromRow(row: CallRow, attempts: readonly TenantAttempt[]): CallRecord {
  const requestId = asId<'request'>(row.request_id);
  return {
    requestId,
    status: oneOf(['success', 'error', 'cancelled'], row.status),
    durationMs: row.duration_ms,
    chargeNanoUsd: nanoUsd(row.charge),
    attempts: attempts.filter(({ call }) => call.requestId === requestId),
  };
}

function totalsFromRow(row: TotalsRow | undefined): UsageTotals {
  const count = (value: bigint | null | undefined): number => Number(value ?? 0n);
  return {
    calls: count(row?.calls),
    failedCalls: count(row?.failed_calls),
    usage: {
      inputTokens: count(row?.input_tokens),
      cacheReadTokens: count(row?.cache_read_tokens),
      cacheWrite5mTokens: count(row?.cache_write_5m_tokens),
      cacheWrite1hTokens: count(row?.cache_write_1h_tokens),
      audioInputTokens: count(row?.audio_input_tokens),
      outputTokens: count(row?.output_tokens),
      reasoningTokens: count(row?.reasoning_tokens),
      audioOutputTokens: count(row?.audio_output_tokens),
      webSearches: count(row?.web_searches),
    },
    chargeNanoUsd: nanoUsd(row?.charge ?? 0n),
  };
}
