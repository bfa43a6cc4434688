'use client';

import { Wallet } from 'lucide-react';
import { cx } from '#ui/cx.ts';
import { MoneyText } from '#ui/money-text.tsx';
import { Skeleton } from '#ui/skeleton.tsx';
import { useScope } from './scope.tsx';
import { useBalance } from './use-balance.ts';

/** What the organization can still spend, on every page. Says so when it cannot be read; it never shows an old figure as new. */
export function BalancePill() {
  const { may } = useScope();
  const { data, isError } = useBalance();
  if (!may('balance.read')) {
    return null;
  }
  const isSpent = data !== undefined && !isPositive(data.availableNanoUsd);
  return (
    <div className="flex items-center justify-between gap-2 rounded-md bg-surface px-2.5 py-2 text-xs shadow-card">
      <span className="flex items-center gap-2 text-muted">
        <Wallet aria-hidden className="size-3.5" />
        Balance
      </span>
      {data === undefined ? (
        isError ? (
          <span className="text-subtle">not available</span>
        ) : (
          <Skeleton className="h-3.5 w-14" />
        )
      ) : (
        <MoneyText
          usd={data.availableUsd}
          note="available now"
          className={cx('font-medium', isSpent && 'text-danger')}
        />
      )}
    </div>
  );
}

function isPositive(nanoUsd: string): boolean {
  return BigInt(nanoUsd) > 0n;
}
