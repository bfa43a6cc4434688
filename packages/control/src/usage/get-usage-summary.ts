import type { UsageSummaryQuery, UsageSummaryView } from '@turnpike/contracts/usage';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import type { ReadContext } from '../read-context.ts';
import { renderTotals } from './render-totals.ts';
import { renderRange, toCallScope } from './usage-range.ts';

/**
 * Sums up the calls of a range. Throws GatewayError `access_denied`, `not_found` for a project outside the actor's
 * reach, `invalid_request` for a range that makes no sense.
 */
export async function getUsageSummary(
  { actor, readers, clock }: ReadContext,
  query: UsageSummaryQuery,
): Promise<UsageSummaryView> {
  assertMay(actor, 'usage.read', query.projectId);
  const nowMs = clock.nowMs();
  const scope = toCallScope(query, actor, nowMs);
  const summary = await readers.usage.summarize(scope);
  return {
    ...renderRange(scope, nowMs),
    totals: renderTotals(summary),
    durationP50Ms: roundMs(summary.durationP50Ms),
    durationP95Ms: roundMs(summary.durationP95Ms),
    firstContentP50Ms: roundMs(summary.firstContentP50Ms),
    firstContentP95Ms: roundMs(summary.firstContentP95Ms),
  };
}

function roundMs(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
