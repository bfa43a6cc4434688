'use client';

import { ChartColumn, TableProperties } from 'lucide-react';
import dynamic from 'next/dynamic';
import type { ReactNode } from 'react';
import { formatBucket } from '#lib/format-time.ts';
import { Segmented } from './segmented.tsx';
import { Skeleton } from './skeleton.tsx';
import type { StackedBarsProps } from './stacked-bars.tsx';

/** The drawing library is half of a page's weight, and nobody looks at a chart in the first half second. */
const StackedBars = dynamic(() => import('./stacked-bars.tsx').then((module) => module.StackedBars), {
  ssr: false,
  loading: () => <Skeleton className="h-70 w-full" />,
});

export type ChartView = 'chart' | 'table';

/** Chooses between the drawing and its numbers. */
export function ChartSwitch({
  view,
  onChange,
}: {
  readonly view: ChartView;
  readonly onChange: (view: ChartView) => void;
}) {
  return (
    <Segmented
      label="Show as"
      value={view}
      onChange={onChange}
      choices={[
        { value: 'chart', label: 'Chart', icon: <ChartColumn aria-hidden className="size-3.5" /> },
        { value: 'table', label: 'Table', icon: <TableProperties aria-hidden className="size-3.5" /> },
      ]}
    />
  );
}

interface ChartProps extends StackedBarsProps {
  readonly view: ChartView;
}

/** One chart for the product: stacked bars with a legend, or the same numbers in a table. */
export function Chart({ view, ...bars }: ChartProps) {
  const { data, format, label } = bars;
  return view === 'table' ? (
    <ChartTable data={data} format={format} label={label} />
  ) : (
    <div className="flex flex-col gap-3 p-4">
      <StackedBars {...bars} />
      <Legend>
        {data.series.map(({ id, label: name, color }) => (
          <LegendEntry key={id} name={name} color={color} />
        ))}
        {data.buckets.some((bucket) => bucket.isUnfinished) && (
          <span className="text-subtle">The pale bar is not over yet.</span>
        )}
      </Legend>
    </div>
  );
}

function Legend({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">{children}</div>;
}

function LegendEntry({ name, color }: { readonly name: string; readonly color: string }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span aria-hidden className="size-2 shrink-0 rounded-xs" style={{ background: color }} />
      <span className="truncate">{name}</span>
    </span>
  );
}

function ChartTable({ data, format, label }: Pick<StackedBarsProps, 'data' | 'format' | 'label'>) {
  return (
    <section
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable without a mouse.
      tabIndex={0}
      aria-label={label}
      className="relative max-h-96 overflow-auto focus-visible:outline-offset-[-2px]"
    >
      <table className="w-full border-collapse text-sm">
        <thead className="sticky top-0 bg-surface">
          <tr className="text-xs text-subtle shadow-[inset_0_-1px_0_var(--line)]">
            <th scope="col" className="px-4 py-2 text-left font-medium">
              Time, UTC
            </th>
            {data.series.map(({ id, label: name }) => (
              <th key={id} scope="col" className="px-4 py-2 text-right font-medium whitespace-nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.buckets.map((bucket) => (
            <tr key={bucket.atMs} className="border-t border-line">
              <th scope="row" className="px-4 py-2 text-left font-normal whitespace-nowrap text-muted">
                {formatBucket(bucket.atMs, data.interval)}
                {bucket.isUnfinished && <span className="text-subtle"> (not over yet)</span>}
              </th>
              {data.series.map(({ id }) => (
                <td key={id} className="px-4 py-2 text-right whitespace-nowrap">
                  {format(bucket.exact[id] ?? '0')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
