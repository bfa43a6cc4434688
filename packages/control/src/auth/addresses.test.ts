import { describe, expect, it } from 'vitest';
import { isInRanges, networkOf } from './addresses.ts';

describe('networkOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('counts %s under %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('isInRanges', () => {
  it.each([
    ['203.0.113.7', ['203.0.113.7'], true],
    ['203.0.113.8', ['203.0.113.7'], false],
    ['203.0.113.8', ['203.0.113.0/24'], true],
    ['::ffff:203.0.113.8', ['203.0.113.0/24'], true],
    ['2001:db8::1', ['2001:db8::/32', '10.0.0.0/8'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['203.0.113.8', [], false],
  ])('finds %s in %j: %s', (address, ranges, isIn) => {
    expect(isInRanges(address, ranges)).toBe(isIn);
  });
});
