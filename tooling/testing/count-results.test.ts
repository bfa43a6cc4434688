import { describe, expect, it } from 'vitest';
import { countResults, summaryLine } from './count-results.ts';

const report = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };

describe('countResults', () => {
  it('takes the counts of the report', () => {
    expect(countResults(report, 1)).toEqual({ passed: 7, failed: 2, skipped: 2 });
  });

  it('counts a suite that failed outside of any test as one failure', () => {
    expect(countResults({ ...report, numFailedTests: 0 }, 1)).toEqual({ passed: 7, failed: 1, skipped: 2 });
  });

  it.each([undefined, null, 'not a report'])('counts a run without a report (%s) as one failure', (missing) => {
    expect(countResults(missing, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('summaryLine', () => {
  it('adds all suites up', () => {
    const counts = [
      { passed: 8, failed: 0, skipped: 0 },
      { passed: 100, failed: 1, skipped: 0 },
    ];
    expect(summaryLine(counts)).toBe('108 passed, 1 failed');
  });

  it('names skipped tests, so that a green line does not hide them', () => {
    expect(summaryLine([{ passed: 1, failed: 0, skipped: 3 }])).toBe('1 passed, 0 failed, 3 skipped');
  });
});
