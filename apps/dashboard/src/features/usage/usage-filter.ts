import { createLoader, parseAsStringLiteral, type inferParserType } from 'nuqs/server';
import type { CallOptions } from '#lib/api.ts';
import { metrics } from '#lib/chart-data.ts';
import { intervalOf, resolveChartRange } from '#lib/time-range.ts';

/** Ranges of a chart: a quarter of an hour has no bars. */
export const usageRanges = ['24h', '7d', '30d', 'mtd', 'last-month'] as const;

export const usageGroups = ['model', 'provider', 'apiKey'] as const;

/** What the address says about the page. */
export const usageFilterParsers = {
  range: parseAsStringLiteral(usageRanges).withDefault('7d'),
  metric: parseAsStringLiteral(metrics).withDefault('spend'),
  by: parseAsStringLiteral(usageGroups).withDefault('model'),
  view: parseAsStringLiteral(['chart', 'table']).withDefault('chart'),
};

export type UsageFilter = inferParserType<typeof usageFilterParsers>;

export const loadUsageFilter = createLoader(usageFilterParsers);

/** Groups that are named; all others are one. */
export const topGroups = 8;

/** The query for the totals of the range. An end that is now is left to the server, whose clock decides. */
export function summaryQuery(projectId: string, { range }: Pick<UsageFilter, 'range'>, nowMs = Date.now()) {
  const { fromMs, toMs } = resolveChartRange(range, nowMs);
  return {
    projectId,
    from: new Date(fromMs).toISOString(),
    ...(toMs === nowMs ? {} : { to: new Date(toMs).toISOString() }),
  } satisfies CallOptions<'getUsageSummary'>['query'];
}

/** The query for the chart of the range. */
export function seriesQuery(projectId: string, { range, by }: Pick<UsageFilter, 'range' | 'by'>, nowMs = Date.now()) {
  return {
    ...summaryQuery(projectId, { range }, nowMs),
    interval: intervalOf(resolveChartRange(range, nowMs)),
    groupBy: by,
    top: topGroups,
  } satisfies CallOptions<'getUsageSeries'>['query'];
}
