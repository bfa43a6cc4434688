import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder, root } from '../paths.ts';
import { runTool, toolEnvironment } from '../process/run-tool.ts';
import { countResults, type SuiteCount } from './count-results.ts';

/** The projects of vitest.config.ts. */
export type SuiteName = 'unit' | 'integration' | 'e2e' | 'browser';

const resultsFolder = join(localFolder, 'test-results');

/** Runs one project of vitest with its output on this terminal, and counts its tests. */
export async function runSuite(name: SuiteName, env: Readonly<Record<string, string>>): Promise<SuiteCount> {
  const reportFile = join(resultsFolder, `${name}.json`);
  mkdirSync(resultsFolder, { recursive: true });
  rmSync(reportFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const exitCode = await new Promise<number>((resolve, reject) => {
    const child = spawn(
      join(root, 'node_modules', '.bin', 'vitest'),
      ['run', '--project', name, '--passWithNoTests', ...reporters],
      {
        cwd: root,
        env: { ...toolEnvironment(env), NO_COLOR: process.stdout.isTTY ? process.env.NO_COLOR : '1' },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  const report: unknown = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined;
  return countResults(report, exitCode);
}

/** The names of a suite's tests, without running them or starting anything. */
export async function listTests(name: SuiteName): Promise<readonly string[]> {
  const { code, output } = await runTool('vitest', ['list', '--project', name]);
  return code === 0 ? output.split('\n').filter((line) => line.includes(' > ')) : [];
}
