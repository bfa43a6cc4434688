import type { ReactNode } from 'react';
import { Skeleton } from './skeleton.tsx';

interface StatProps {
  readonly label: string;
  /** Undefined while it loads. */
  readonly value: ReactNode | undefined;
  readonly note?: ReactNode;
}

/** One figure with its name and a line about it. Stands in a StatRow. */
export function Stat({ label, value, note }: StatProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1 bg-surface px-4 py-3.5">
      <dt className="text-xs text-subtle">{label}</dt>
      <dd className="tabular truncate text-xl font-semibold sm:text-2xl">
        {value ?? <Skeleton className="my-1 h-6 w-24" />}
      </dd>
      <dd className="min-h-[1.125rem] text-xs text-subtle">
        {value === undefined ? <Skeleton className="h-3 w-32" /> : note}
      </dd>
    </div>
  );
}

/** Figures side by side in one sheet, divided by hairlines. */
export function StatRow({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <dl
      aria-label={label}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg bg-line shadow-card lg:grid-flow-col lg:auto-cols-fr lg:grid-cols-none"
    >
      {children}
    </dl>
  );
}
