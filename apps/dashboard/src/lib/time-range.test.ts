import { describe, expect, it } from 'vitest';
import { bucketsOf, intervalOf, isUnfinished, resolveChartRange, resolveRange } from './time-range.ts';

const now = Date.UTC(2026, 10, 23, 17, 4, 12);
const iso = (ms: number): string => new Date(ms).toISOString();

describe('resolveRange', () => {
  it.each([
    ['15m', '2026-11-23T16:49:12.000Z', '2026-11-23T17:04:12.000Z'],
    ['24h', '2026-11-22T17:04:12.000Z', '2026-11-23T17:04:12.000Z'],
    ['mtd', '2026-11-01T00:00:00.000Z', '2026-11-23T17:04:12.000Z'],
    ['last-month', '2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
  ] as const)('%s runs from %s to %s', (preset, from, to) => {
    const range = resolveRange(preset, now);
    expect([iso(range.fromMs), iso(range.toMs)]).toEqual([from, to]);
  });

  it('finds the last month across the turn of a year', () => {
    const range = resolveRange('last-month', Date.UTC(2027, 0, 2));
    expect([iso(range.fromMs), iso(range.toMs)]).toEqual(['2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z']);
  });
});

describe('bucketsOf', () => {
  it('covers the range from the bucket it begins in to the one it ends in', () => {
    const buckets = bucketsOf(resolveRange('24h', now), 'hour');
    expect([buckets.length, iso(buckets[0] ?? 0), iso(buckets.at(-1) ?? 0)]).toEqual([
      25,
      '2026-11-22T17:00:00.000Z',
      '2026-11-23T17:00:00.000Z',
    ]);
  });

  it('ends before an exclusive end that falls on the edge of a bucket', () => {
    expect(bucketsOf(resolveRange('last-month', now), 'day')).toHaveLength(31);
  });
});

it('draws hours for a day and days for a week', () => {
  expect([intervalOf(resolveRange('24h', now)), intervalOf(resolveRange('7d', now))]).toEqual(['hour', 'day']);
});

it('calls a bucket unfinished until the figures are complete beyond its end', () => {
  const start = Date.UTC(2026, 10, 23, 16);
  expect([isUnfinished(start, 'hour', start + 3_600_000), isUnfinished(start, 'hour', start + 3_599_999)]).toEqual([
    false,
    true,
  ]);
});

it('gives a chart whole bars: as many as the range says, the last of them today', () => {
  const counts = (['24h', '7d', '30d', 'mtd', 'last-month'] as const).map((preset) => {
    const range = resolveChartRange(preset, now);
    return bucketsOf(range, intervalOf(range)).length;
  });
  expect(counts).toEqual([24, 7, 30, 23, 31]);
  expect(iso(resolveChartRange('7d', now).fromMs)).toBe('2026-11-17T00:00:00.000Z');
});
