/** A clock that only moves when a test says so. */
export interface TestClock {
  /** Wall clock, milliseconds since 1970. */
  nowMs(): number;
  /** Monotonic milliseconds, starting at zero. */
  ticksMs(): number;
  /** Moves both clocks on. Throws RangeError for a negative or fractional step. */
  advance(milliseconds: number): void;
  /** Sets the wall clock alone, as when an administrator or NTP changes it; the monotonic clock goes on unchanged. */
  setWallClock(nowMs: number): void;
}

/** 2027-01-15T12:00:00Z: in the middle of a month, so that a test that cares about month ends has to say so. */
export const defaultStartMs = 1_800_014_400_000;

/** Makes a stopped clock that shows `startMs`. */
export function createTestClock(startMs: number = defaultStartMs): TestClock {
  let wallMs = startMs;
  let monotonicMs = 0;
  return {
    nowMs: () => wallMs,
    ticksMs: () => monotonicMs,
    advance(milliseconds) {
      if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
        throw new RangeError(`A clock moves on by whole milliseconds, not by ${milliseconds}.`);
      }
      wallMs += milliseconds;
      monotonicMs += milliseconds;
    },
    setWallClock(nowMs) {
      wallMs = nowMs;
    },
  };
}
