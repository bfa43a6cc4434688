import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { root } from '../paths.ts';
import { runTool, type ToolResult } from '../process/run-tool.ts';
import { envExample } from '../product/env-example.ts';
import { diffNewDatabase } from '../product/run-on-database.ts';
import { formatSeconds, step } from '../terminal/progress.mjs';
import { findEnvironmentReads } from './environment-ban.ts';
import { findLongFiles } from './file-length.ts';
import { readSourceFiles } from './source-files.ts';

/** One thing that must hold; resolves to what is wrong, in lines for a person, and to nothing when all is well. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<readonly string[]>;
}

export interface ChecksResult {
  readonly passed: number;
  readonly failed: number;
}

/** More than the machine has cores would only make each compiler wait. */
const parallelCompilers = 2;

/** What turbo and pnpm say about themselves; the tools' own words are between. */
const chatter =
  /cache (?:miss|hit)|: \$ |\[ELIFECYCLE\]|command finished with error|^\s*•|command \(.*exited|run failed: command|^\s*(?:Tasks|Cached|Time|Failed):/;

function problemsOf({ code, output }: ToolResult): readonly string[] {
  if (code === 0) return [];
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !chatter.test(line));
  return lines.length === 0 ? [output === '' ? `exit code ${code}` : output] : lines;
}

async function tool(command: string, ...args: string[]): Promise<readonly string[]> {
  return problemsOf(await runTool(command, args));
}

async function typecheck(): Promise<readonly string[]> {
  const packages = await tool(
    'turbo',
    'run',
    'typecheck',
    `--concurrency=${parallelCompilers}`,
    '--continue',
    '--output-logs=errors-only',
  );
  const rootFiles = existsSync(join(root, 'tsconfig.json')) ? await tool('tsc', '-p', 'tsconfig.json', '--noEmit') : [];
  return [...packages, ...rootFiles];
}

async function drift(): Promise<readonly string[]> {
  await diffNewDatabase();
  return [];
}

async function staleEnvExample(): Promise<readonly string[]> {
  const file = join(root, '.env.example');
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === (await envExample());
  return isCurrent ? [] : ['.env.example does not say what the configuration schemas say. Run: npm run env:example'];
}

/** In the order of the pipeline: what others need first, then what fails fastest. */
export const checks: readonly Check[] = [
  { name: 'generated code', run: () => tool('turbo', 'run', 'generate', '--output-logs=errors-only') },
  { name: 'format', run: () => tool('oxfmt', '--check', '.') },
  { name: 'file length', run: () => Promise.resolve(findLongFiles(readSourceFiles())) },
  { name: 'environment', run: () => Promise.resolve(findEnvironmentReads(readSourceFiles())) },
  { name: 'package boundaries', run: () => tool('turbo', 'boundaries') },
  { name: 'lint', run: () => tool('oxlint') },
  { name: 'dead code', run: () => tool('knip', '--no-config-hints') },
  { name: 'types', run: typecheck },
  { name: 'schema drift', run: drift },
  { name: '.env.example', run: staleEnvExample },
];

/** Runs every check, whatever the others say; prints each with its seconds, then all problems. */
export async function runChecks(list: readonly Check[] = checks): Promise<ChecksResult> {
  const startedMs = Date.now();
  const failures: { name: string; problems: string }[] = [];
  for (const check of list) {
    try {
      await step(check.name, async () => {
        const problems = await check.run();
        if (problems.length > 0) throw new Failure(problems.join('\n'));
      });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push({ name: check.name, problems: error.message });
    }
  }
  for (const { name, problems } of failures) process.stdout.write(`\n── ${name}\n${problems}\n`);
  const passed = list.length - failures.length;
  process.stdout.write(
    `\nchecks: ${passed} passed, ${failures.length} failed in ${formatSeconds(Date.now() - startedMs)}\n`,
  );
  return { passed, failed: failures.length };
}
