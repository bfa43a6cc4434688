import type { UsageSeriesView } from '@turnpike/contracts/usage';
import { bucketsOf, isUnfinished } from './time-range.ts';

export const metrics = ['spend', 'requests', 'tokens', 'errors'] as const;

export type Metric = (typeof metrics)[number];

type Totals = UsageSeriesView['groups'][number]['totals'];

export interface ChartSeries {
  /** Unique in its chart; the group that holds all others has no key of its own. */
  readonly id: string;
  readonly label: string;
  /** A variable of the design tokens. The dearest group has the first colour whatever is measured, so that colours keep. */
  readonly color: string;
  /** What to filter by to see the calls behind it; undefined for all others together. */
  readonly key: string | undefined;
}

export interface ChartBucket {
  readonly atMs: number;
  /** Not over yet: its bar still grows and is not drawn like a final one. */
  readonly isUnfinished: boolean;
  /** By series id, for drawing alone: money is a float here, and is written from `exact`. */
  readonly values: Readonly<Record<string, number>>;
  readonly exact: Readonly<Record<string, string>>;
}

export interface ChartData {
  readonly series: readonly ChartSeries[];
  readonly buckets: readonly ChartBucket[];
  readonly interval: 'hour' | 'day';
}

const palette = 8;

/**
 * Prepares a usage series for a chart. All four metrics are sums, so that a bucket without calls is a true zero; every
 * bucket of the range is there, also those in which nothing happened.
 */
export function chartDataOf(view: UsageSeriesView, metric: Metric): ChartData {
  const { interval } = view;
  const range = { fromMs: Date.parse(view.from), toMs: Date.parse(view.to) };
  const completeToMs = Date.parse(view.completeTo);
  const series = view.groups.map((group, index) => ({
    id: group.key ?? 'others',
    label: group.label,
    color: group.key === null ? 'var(--series-other)' : `var(--series-${(index % palette) + 1})`,
    key: group.key ?? undefined,
  }));
  const byGroup = view.groups.map(
    (group) => new Map(group.points.map((point) => [Date.parse(point.at), point.totals])),
  );
  const buckets = bucketsOf(range, interval).map((atMs) => {
    const entries = series.map(({ id }, index) => [id, exactValue(byGroup[index]?.get(atMs), metric)] as const);
    return {
      atMs,
      isUnfinished: isUnfinished(atMs, interval, completeToMs),
      exact: Object.fromEntries(entries),
      values: Object.fromEntries(entries.map(([id, exact]) => [id, Number(exact)])),
    };
  });
  return { series, buckets, interval };
}

/** A metric of some totals, exactly, as text: a decimal of dollars or a whole number. */
export function exactValue(totals: Totals | undefined, metric: Metric): string {
  if (totals === undefined) {
    return '0';
  }
  switch (metric) {
    case 'spend':
      return totals.chargeUsd;
    case 'requests':
      return String(totals.calls);
    case 'tokens':
      return String(totals.totalInputTokens + totals.totalOutputTokens);
    case 'errors':
      return String(totals.failedCalls);
  }
}
