import { expect, it } from 'vitest';
import { formatCompact, formatCounted, formatDuration, formatShare } from './format-number.ts';

it('shows every digit of a small number and shortens a large one', () => {
  expect([formatCompact(0), formatCompact(9_999), formatCompact(12_345), formatCompact(1_204_331)]).toEqual([
    '0',
    '9,999',
    '12.3K',
    '1.2M',
  ]);
});

it('does not call nothing of nothing zero per cent', () => {
  expect([formatShare(0, 0), formatShare(1, 8), formatShare(0, 5)]).toEqual(['—', '12.5%', '0%']);
});

it('says durations in the unit that people would use', () => {
  expect([0, 812, 999.6, 4_210, 59_990, 125_000].map(formatDuration)).toEqual([
    '0 ms',
    '812 ms',
    '1.00 s',
    '4.21 s',
    '59.99 s',
    '2 min 5 s',
  ]);
});

it('counts one of a thing as one', () => {
  expect([formatCounted(1, 'request'), formatCounted(0, 'request'), formatCounted(1_213, 'key')]).toEqual([
    '1 request',
    '0 requests',
    '1,213 keys',
  ]);
});
