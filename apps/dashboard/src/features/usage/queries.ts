import 'server-only';
import type { UsageSeriesView, UsageSummaryView } from '@turnpike/contracts/usage';
import { call } from '#lib/api.ts';
import { visitorTransport } from '#server/api.ts';
import { seriesQuery, summaryQuery, type UsageFilter } from './usage-filter.ts';

export interface UsagePageData {
  readonly summary: UsageSummaryView;
  readonly series: UsageSeriesView;
}

/** The figures and the chart that the visitor sees when the page opens. */
export async function readUsage(
  organizationId: string,
  projectId: string,
  filter: UsageFilter,
): Promise<UsagePageData> {
  const scope = { params: { organizationId }, transport: visitorTransport };
  const [summary, series] = await Promise.all([
    call('getUsageSummary', { ...scope, query: summaryQuery(projectId, filter) }),
    call('getUsageSeries', { ...scope, query: seriesQuery(projectId, filter) }),
  ]);
  return { summary, series };
}
