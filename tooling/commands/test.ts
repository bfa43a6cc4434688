/**
 * `npm test`: everything the project promises, on any machine with Node and npm. `npm test -- unit check` runs only the
 * named parts. The last line of the output is `N passed, N failed`.
 */
import { runChecks } from '../checks/run-checks.ts';
import { Failure } from '../failure.ts';
import { buildProduct } from '../product/build.ts';
import { summaryLine, type SuiteCount } from '../testing/count-results.ts';
import { findBrowser } from '../testing/find-browser.ts';
import { listTests, runSuite, type SuiteName } from '../testing/run-suite.ts';
import { formatSeconds, step } from '../terminal/progress.mjs';
import { runCommand } from '../terminal/run-command.ts';

type Part = 'check' | SuiteName;
const parts: readonly Part[] = ['check', 'unit', 'integration', 'e2e', 'browser'];

function isPart(text: string): text is Part {
  return parts.some((part) => part === text);
}

function chosenParts(args: readonly string[]): readonly Part[] {
  const unknown = args.filter((arg) => !isPart(arg));
  if (unknown.length > 0)
    throw new Failure(`There is no "${unknown.join(', ')}" to test; there is ${parts.join(', ')}.`);
  return args.length === 0 ? parts : parts.filter((part) => args.includes(part));
}

/** Says loudly what did not run, and counts it, so that nobody takes a skipped browser for a tested one. */
async function skipBrowser(): Promise<SuiteCount> {
  const tests = await listTests('browser');
  process.stdout.write(
    `\n!!! THE BROWSER TESTS DID NOT RUN: this machine has no Chromium or Chrome, and none could be installed.\n!!! Install one, or name one in TURNPIKE_CHROMIUM. Not run:\n${tests.map((test) => `!!!   ${test}\n`).join('')}\n`,
  );
  return { passed: 0, failed: 0, skipped: tests.length };
}

async function runBrowserSuite(): Promise<SuiteCount> {
  const browser = await step('find a browser', () => Promise.resolve(findBrowser()));
  return browser === undefined ? skipBrowser() : runSuite('browser', { TURNPIKE_CHROMIUM: browser });
}

/** The product as it is shipped: built, and then started by the suites. */
async function build(): Promise<boolean> {
  try {
    await step('build', (note) => buildProduct({ note }));
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stdout.write(`${error.message}\n`);
    return false;
  }
}

async function runPart(part: Part, isBuilt: boolean): Promise<SuiteCount> {
  switch (part) {
    case 'check':
      return { ...(await runChecks()), skipped: 0 };
    case 'unit':
    case 'integration':
      return runSuite(part, {});
    case 'e2e':
      return isBuilt ? runSuite(part, {}) : { passed: 0, failed: 1, skipped: 0 };
    case 'browser':
      return isBuilt ? runBrowserSuite() : { passed: 0, failed: 1, skipped: 0 };
  }
}

await runCommand(async () => {
  const chosen = chosenParts(process.argv.slice(2));
  // Ctrl-C reaches the suite too, which stops its servers; this process only has to wait for it.
  process.on('SIGINT', () => {});
  const startedMs = Date.now();
  const results: { part: Part; count: SuiteCount; tookMs: number }[] = [];
  let isBuilt: boolean | undefined;
  for (const part of chosen) {
    const partStartedMs = Date.now();
    process.stdout.write(`\n━━ ${part}\n`);
    if (part === 'e2e' || part === 'browser') isBuilt ??= await build();
    const count = await runPart(part, isBuilt === true);
    results.push({ part, count, tookMs: Date.now() - partStartedMs });
  }
  process.stdout.write(`\n━━ ${formatSeconds(Date.now() - startedMs)} in all\n`);
  for (const { part, count, tookMs } of results) {
    process.stdout.write(`   ${part.padEnd(12)} ${summaryLine([count]).padEnd(34)} ${formatSeconds(tookMs)}\n`);
  }
  const counts = results.map(({ count }) => count);
  process.stdout.write(`${summaryLine(counts)}\n`);
  return counts.some(({ failed }) => failed > 0) ? 1 : 0;
});
