/** Prints a figure of a conformance run: the run is made to see it. */
export function describePass(name: string, total: number, failed: readonly string[]): void {
  const percent = ((100 * (total - failed.length)) / Math.max(total, 1)).toFixed(1);
  // oxlint-disable-next-line no-console -- the percentage is what the run is for
  console.info(
    `${name}: ${total - failed.length} of ${total} (${percent} %)${failed.length === 0 ? '' : `; not: ${failed.join(' ')}`}`,
  );
}
