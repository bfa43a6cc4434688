'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { UsageSeriesView, UsageSummaryView } from '@turnpike/contracts/usage';
import { call } from '#lib/api.ts';
import { seriesQuery, summaryQuery, type UsageFilter } from './usage-filter.ts';

const refreshMs = 10_000;

/** The totals of a range. `initial` is what the server already read for it. */
export function useSummary(organizationId: string, projectId: string, filter: UsageFilter, initial?: UsageSummaryView) {
  return useQuery({
    queryKey: ['usage-summary', organizationId, projectId, filter.range],
    queryFn: ({ signal }) =>
      call('getUsageSummary', { params: { organizationId }, query: summaryQuery(projectId, filter), signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

/** The chart of a range. `initial` is what the server already read for it. */
export function useSeries(organizationId: string, projectId: string, filter: UsageFilter, initial?: UsageSeriesView) {
  return useQuery({
    queryKey: ['usage-series', organizationId, projectId, filter.range, filter.by],
    queryFn: ({ signal }) =>
      call('getUsageSeries', { params: { organizationId }, query: seriesQuery(projectId, filter), signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}
