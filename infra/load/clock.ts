/** Microseconds since this process began, of the machine's monotonic clock. */
export function monotonicUs(): number {
  return performance.now() * 1_000;
}
