import { expect, it } from 'vitest';
import { formatBucket, formatMoment, formatRelative } from './format-time.ts';

const now = Date.UTC(2026, 10, 23, 17, 4, 12);
const ago = (ms: number): string => new Date(now - ms).toISOString();

it('says how long ago in the largest unit that fits, and leaves what is old to a date', () => {
  expect(
    [0, 12_000, 61_000, 3 * 3_600_000, 26 * 3_600_000, 40 * 86_400_000].map((ms) => formatRelative(ago(ms), now)),
  ).toEqual(['now', '12 seconds ago', '1 minute ago', '3 hours ago', 'yesterday', undefined]);
});

it('says what is to come as well', () => {
  expect(formatRelative(ago(-3 * 86_400_000), now)).toBe('in 3 days');
});

it('writes moments with seconds, and exactly where asked', () => {
  expect(formatMoment('2026-11-23T17:04:12.345Z', 'utc')).toBe('Nov 23, 17:04:12');
  expect(formatMoment('2026-11-23T17:04:12.345Z', 'utc', true)).toBe('Nov 23, 2026, 17:04:12.345 UTC');
});

it('names an hour bucket by its hour and a day bucket by its day', () => {
  expect([formatBucket(now, 'hour'), formatBucket(now, 'day')]).toEqual(['Nov 23, 17:04', 'Nov 23']);
});
