/** How one suite ended. */
export interface SuiteCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function numberAt(report: object, name: string): number {
  const value: unknown = Reflect.get(report, name);
  return typeof value === 'number' ? value : 0;
}

/**
 * Counts the tests of a suite from vitest's JSON report and exit code. A suite that could not be loaded, or a failure
 * outside of any test, counts as one failed test, so that it can never look green.
 */
export function countResults(report: unknown, exitCode: number): SuiteCount {
  if (typeof report !== 'object' || report === null) return { passed: 0, failed: 1, skipped: 0 };
  const passed = numberAt(report, 'numPassedTests');
  const skipped = numberAt(report, 'numPendingTests') + numberAt(report, 'numTodoTests');
  const failed = numberAt(report, 'numFailedTests');
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped };
}

/** The last line of a run, for people and for machines: `812 passed, 0 failed`, and the skipped ones when there are any. */
export function summaryLine(counts: readonly SuiteCount[]): string {
  const sum = (name: keyof SuiteCount) => counts.reduce((total, count) => total + count[name], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
