import 'server-only';
import {
  usageSeriesQuery,
  usageSummaryQuery,
  type UsageSeriesView,
  type UsageSummaryView,
} from '@turnpike/contracts/usage';
import { getUsageSeries, getUsageSummary } from '@turnpike/control/read';
import { firstRead } from '#server/first-read.ts';
import { seriesQuery, summaryQuery, type UsageFilter } from './usage-filter.ts';

/** What the usage page shows first; a part is undefined where the browser has to ask for it. */
export interface UsagePageData {
  readonly summary: UsageSummaryView | undefined;
  readonly series: UsageSeriesView | undefined;
}

/** The figures and the chart that the visitor sees when the page opens. */
export async function readUsage(
  organizationId: string,
  projectId: string,
  filter: UsageFilter,
): Promise<UsagePageData> {
  const [summary, series] = await Promise.all([
    firstRead(organizationId, usageSummaryQuery, summaryQuery(projectId, filter), getUsageSummary),
    firstRead(organizationId, usageSeriesQuery, seriesQuery(projectId, filter), getUsageSeries),
  ]);
  return { summary, series };
}
