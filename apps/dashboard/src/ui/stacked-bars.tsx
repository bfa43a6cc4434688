'use client';

import {
  Bar,
  BarChart,
  CartesianGrid,
  Cell,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type TooltipContentProps,
} from 'recharts';
import type { ChartBucket, ChartData, ChartSeries } from '#lib/chart-data.ts';
import { formatBucket } from '#lib/format-time.ts';

export interface StackedBarsProps {
  readonly data: ChartData;
  /** A value for the axis and the tip; money comes as its exact decimal. */
  readonly format: (exact: string) => string;
  /** What the chart shows, in a sentence, for those who cannot see it. */
  readonly label: string;
  /** A bar was chosen: the calls behind it. */
  readonly onSelect: (bucket: ChartBucket, series: ChartSeries) => void;
}

const height = 280;
const unfinishedOpacity = 0.42;

/** Stacked bars from zero. Drawn without animation and without smoothing: what is seen is what was counted. */
export function StackedBars({ data, format, label, onSelect }: StackedBarsProps) {
  const { buckets, series, interval } = data;
  const tip = ({ active, label: at }: TooltipContentProps) =>
    active && typeof at === 'number' ? (
      <BucketTip bucket={buckets.find((bucket) => bucket.atMs === at)} data={data} format={format} />
    ) : null;
  return (
    <figure aria-label={label} className="h-70 w-full text-2xs [&_.recharts-surface]:outline-none">
      <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 640, height }}>
        <BarChart
          data={[...buckets]}
          margin={{ top: 8, right: 4, bottom: 0, left: 4 }}
          barCategoryGap="18%"
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="atMs"
            tickFormatter={(atMs: number) => formatBucket(atMs, interval)}
            tickLine={false}
            axisLine={{ stroke: 'var(--line-strong)' }}
            tick={{ fill: 'var(--text-subtle)' }}
            minTickGap={36}
            tickMargin={8}
          />
          <YAxis
            tickFormatter={(value: number) => format(plainDecimal(value))}
            tickLine={false}
            axisLine={false}
            tick={{ fill: 'var(--text-subtle)' }}
            width={64}
            tickCount={5}
          />
          <Tooltip cursor={{ fill: 'var(--hover)' }} isAnimationActive={false} content={tip} />
          {series.map((each, index) => (
            <Bar
              key={each.id}
              dataKey={(bucket: ChartBucket) => bucket.values[each.id] ?? 0}
              name={each.label}
              stackId="all"
              fill={each.color}
              isAnimationActive={false}
              radius={index === series.length - 1 ? [2, 2, 0, 0] : 0}
              className="cursor-pointer"
              onClick={(_, bucketIndex) => {
                const bucket = buckets[bucketIndex];
                if (bucket !== undefined) {
                  onSelect(bucket, each);
                }
              }}
            >
              {buckets.map((bucket) => (
                <Cell key={bucket.atMs} fillOpacity={bucket.isUnfinished ? unfinishedOpacity : 1} />
              ))}
            </Bar>
          ))}
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}

const shownRows = 8;

interface BucketTipProps extends Pick<StackedBarsProps, 'data' | 'format'> {
  readonly bucket: ChartBucket | undefined;
}

function BucketTip({ bucket, data, format }: BucketTipProps) {
  if (bucket === undefined) {
    return null;
  }
  const rows = data.series.filter(({ id }) => (bucket.values[id] ?? 0) > 0);
  return (
    <div className="min-w-48 rounded-lg bg-raised px-3 py-2 text-xs shadow-popover">
      <p className="mb-1.5 font-medium">
        {formatBucket(bucket.atMs, data.interval)} UTC
        {bucket.isUnfinished && <span className="font-normal text-subtle"> · not over yet</span>}
      </p>
      {rows.length === 0 ? (
        <p className="text-subtle">No requests</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {rows.slice(0, shownRows).map(({ id, label, color }) => (
            <li key={id} className="flex items-center gap-2">
              <span aria-hidden className="size-2 shrink-0 rounded-xs" style={{ background: color }} />
              <span className="flex-1 truncate text-muted">{label}</span>
              <span className="tabular font-medium">{format(bucket.exact[id] ?? '0')}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A tick of the axis as a plain decimal: `1e-7` would not be read as money. */
function plainDecimal(value: number): string {
  return value.toFixed(12).replace(/\.?0+$/, '');
}
