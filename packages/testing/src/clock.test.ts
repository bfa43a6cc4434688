import { expect, it } from 'vitest';
import { createTestClock, defaultStartMs } from './clock.ts';

it('stands still until it is moved', () => {
  const clock = createTestClock();
  expect([clock.nowMs(), clock.ticksMs()]).toEqual([defaultStartMs, 0]);
  clock.advance(1_500);
  expect([clock.nowMs(), clock.ticksMs()]).toEqual([defaultStartMs + 1_500, 1_500]);
});

it('keeps the monotonic clock when the wall clock is set back', () => {
  const clock = createTestClock();
  clock.advance(10);
  clock.setWallClock(5);
  expect([clock.nowMs(), clock.ticksMs()]).toEqual([5, 10]);
});

it('refuses to go back', () => {
  expect(() => createTestClock().advance(-1)).toThrow(RangeError);
});
