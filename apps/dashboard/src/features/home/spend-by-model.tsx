'use client';

import type { UsageSeriesView } from '@turnpike/contracts/usage';
import { chartDataOf } from '#lib/chart-data.ts';
import { formatCounted } from '#lib/format-number.ts';
import { MoneyText } from '#ui/money-text.tsx';

/** Where this month's money went: bars of one length scale, the dearest first. */
export function SpendByModel({ view }: { readonly view: UsageSeriesView }) {
  const { series } = chartDataOf(view, 'spend');
  const most = Math.max(...view.groups.map((group) => Number(group.totals.chargeUsd)), Number.MIN_VALUE);
  return (
    <ul className="flex flex-col gap-3.5 p-4">
      {view.groups.map((group, index) => (
        <li key={group.key ?? 'others'} className="flex flex-col gap-1.5">
          <div className="flex items-baseline justify-between gap-3 text-sm">
            <span className="min-w-0 truncate">{group.label}</span>
            <span className="flex shrink-0 items-baseline gap-2">
              <span className="tabular text-xs text-subtle">{formatCounted(group.totals.calls, 'request')}</span>
              <MoneyText usd={group.totals.chargeUsd} className="font-medium" />
            </span>
          </div>
          <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-hover">
            <div
              className="h-full rounded-full"
              style={{
                width: `${(Number(group.totals.chargeUsd) / most) * 100}%`,
                background: series[index]?.color ?? 'var(--series-other)',
              }}
            />
          </div>
        </li>
      ))}
    </ul>
  );
}
