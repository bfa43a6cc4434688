import type { ApiKeyListView } from '@turnpike/contracts/api-keys';
import type { CallListView, UsageSeriesView, UsageSummaryView } from '@turnpike/contracts/usage';

/** What the home page shows. A part is undefined where it could not be read: the others stand. */
export interface HomeData {
  /** This month so far. */
  readonly month: UsageSummaryView | undefined;
  /** The last 24 hours. */
  readonly day: UsageSummaryView | undefined;
  /** This month by model. */
  readonly models: UsageSeriesView | undefined;
  readonly calls: CallListView | undefined;
  readonly keys: ApiKeyListView | undefined;
}

const shownCalls = 10;
const shownModels = 6;
const dayMs = 86_400_000;

/** The queries of the page's parts, for the server's first read and for the browser's later ones. */
export function homeQueries(nowMs = Date.now()) {
  const now = new Date(nowMs);
  const monthStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())).toISOString();
  return {
    month: { from: monthStart },
    day: { from: new Date(nowMs - dayMs).toISOString() },
    models: { from: monthStart, interval: 'day', groupBy: 'model', top: shownModels },
    calls: { from: new Date(nowMs - 30 * dayMs).toISOString(), limit: shownCalls },
    keys: { limit: 100 },
  } as const;
}
