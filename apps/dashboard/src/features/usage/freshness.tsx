'use client';

import type { UsageSummaryView } from '@turnpike/contracts/usage';
import { formatMoment } from '#lib/format-time.ts';

/** How far the figures reach: "Complete to Nov 23, 14:32:10 UTC, 4 s behind". A number without it could be old. */
export function Freshness({ summary }: { readonly summary: UsageSummaryView | undefined }) {
  if (summary === undefined) {
    return 'Reading…';
  }
  const behindSeconds = Math.round((Date.parse(summary.to) - Date.parse(summary.completeTo)) / 1_000);
  return (
    <span className="tabular">
      Complete to {formatMoment(summary.completeTo, 'utc')} UTC
      {behindSeconds > 0 && `, ${behindSeconds} s behind`}
    </span>
  );
}
