const offsetUs = Number(process.hrtime.bigint() / 1_000n) - performance.now() * 1_000;

/** Microseconds of the machine's monotonic clock, which all processes of the machine read alike. */
export function monotonicUs(): number {
  return offsetUs + performance.now() * 1_000;
}
