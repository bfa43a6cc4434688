import type { UsageSeriesView } from '@turnpike/contracts/usage';
import { expect, it } from 'vitest';
import { chartDataOf } from './chart-data.ts';

const totals = (calls: number, chargeUsd: string): UsageSeriesView['groups'][number]['totals'] => ({
  calls,
  failedCalls: 1,
  usage: {
    inputTokens: 10,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    audioInputTokens: 0,
    outputTokens: 5,
    reasoningTokens: 0,
    audioOutputTokens: 0,
    webSearches: 0,
  },
  totalInputTokens: 10,
  totalOutputTokens: 5,
  chargeUsd,
  chargeNanoUsd: '0',
});

const view: UsageSeriesView = {
  from: '2026-11-23T14:30:00.000Z',
  to: '2026-11-23T17:10:00.000Z',
  completeTo: '2026-11-23T17:09:56.000Z',
  interval: 'hour',
  groupBy: 'model',
  groups: [
    {
      key: 'acme/large',
      label: 'acme/large',
      totals: totals(3, '0.3'),
      points: [{ at: '2026-11-23T14:00:00.000Z', totals: totals(3, '0.300000001') }],
    },
    {
      key: null,
      label: 'Other',
      totals: totals(1, '0.1'),
      points: [{ at: '2026-11-23T17:00:00.000Z', totals: totals(1, '0.1') }],
    },
  ],
};

it('has a bucket for every hour of the range, zero where nothing was called', () => {
  const { buckets } = chartDataOf(view, 'requests');
  expect(buckets.map((bucket) => bucket.values)).toEqual([
    { 'acme/large': 3, others: 0 },
    { 'acme/large': 0, others: 0 },
    { 'acme/large': 0, others: 0 },
    { 'acme/large': 0, others: 1 },
  ]);
});

it('marks the bucket that is not over', () => {
  expect(chartDataOf(view, 'requests').buckets.map((bucket) => bucket.isUnfinished)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

it('keeps every digit of money beside the float that is drawn', () => {
  expect(chartDataOf(view, 'spend').buckets[0]?.exact['acme/large']).toBe('0.300000001');
});

it('gives a group the same colour whatever is measured, and all others grey', () => {
  const colors = (['spend', 'tokens', 'errors'] as const).map((metric) =>
    chartDataOf(view, metric).series.map(({ color }) => color),
  );
  expect(new Set(colors.map((each) => each.join()))).toEqual(new Set(['var(--series-1),var(--series-other)']));
});
