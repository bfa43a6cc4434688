import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { localFolder, root } from '../paths.ts';
import { startChild, type Launch } from '../process/child.ts';
import { toolEnvironment } from '../process/run-tool.ts';
import type { ProductMode } from './settings.ts';

const logFile = join(localFolder, 'logs', 'build.log');

/** The apps and what they need, and the sandbox provider, which no app depends on. */
const targets = ['@turnpike/gateway', '@turnpike/worker', '@turnpike/sandbox'];
/** What the dashboard imports; its development server builds the dashboard itself. */
const dashboardTargets = { built: '@turnpike/dashboard', development: '@turnpike/dashboard^...' } as const;

/** What turbo prints when a task begins or is done, for the line on the terminal. */
function lastTask(log: string): string | undefined {
  return [...log.matchAll(/^(?:@turnpike\/)?([\w-]+):build: cache (?:miss|hit)/gm)].at(-1)?.[1];
}

/** The first errors of a failed build; the whole story is in the log. */
function firstErrors(log: string): string {
  const lines = log
    .split('\n')
    .filter((line) => /\berror\b|✗|Failed to compile/i.test(line) && !/command finished|ERROR {2}/.test(line));
  return lines
    .slice(0, 8)
    .map((line) => `    ${line.slice(0, 240)}`)
    .join('\n');
}

/**
 * Builds what changed since the last build. Throws a `Failure` with the first errors. `note` is told which package is at
 * work.
 */
export async function buildProduct(options: {
  readonly note: (text: string) => void;
  readonly launch?: Launch;
  readonly mode?: ProductMode;
}): Promise<void> {
  mkdirSync(join(localFolder, 'logs'), { recursive: true });
  writeFileSync(logFile, '');
  const child = await (options.launch ?? startChild)({
    name: 'build',
    command: join(root, 'node_modules', '.bin', 'turbo'),
    args: [
      'run',
      'build',
      ...[...targets, dashboardTargets[options.mode ?? 'built']].map((target) => `--filter=${target}`),
      '--concurrency=2',
      '--log-order=stream',
    ],
    cwd: root,
    env: toolEnvironment(),
    logFile,
  });
  const readLog = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const progress = setInterval(() => options.note(lastTask(readLog()) ?? ''), 500);
  const exit = await child.exited.finally(() => clearInterval(progress));
  const log = readLog();
  const cached = /Cached:\s+(\d+) cached, (\d+) total/.exec(log);
  options.note(cached === null ? '' : `${Number(cached[2]) - Number(cached[1])} of ${cached[2]} packages changed`);
  if (exit.code === 0) return;
  if (/ENOSPC|No space left on device/i.test(log)) {
    throw new Failure('The disk is full, so the build could not finish. Free about 2 GB and start again.');
  }
  throw new Failure(`The build failed. Its log is ${logFile}; the first errors:\n${firstErrors(log)}`);
}
