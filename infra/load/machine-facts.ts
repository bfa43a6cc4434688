import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { isPinned } from './programs.ts';

/** The commit that is checked out, and whether files differ from it. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with uncommitted changes';
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed}`;
  } catch {
    // A copy of the sources without its history can be measured too.
    return 'unknown';
  }
}

/** What the figures were taken on, in sentences. Nothing that names the machine. */
export function machineFacts(rounds: number): readonly string[] {
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  const pinning = isPinned
    ? 'the tested program alone on one core; load client, upstream, Redis and Postgres on the other'
    : 'cores not separated: taskset or a second core is missing, so figures are lower than per core';
  return [
    `Commit ${commit()}, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}.`,
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${memoryGb} GB; ${pinning}.`,
    `${rounds} interleaved ${rounds === 1 ? 'round' : 'rounds'}; differences and ratios within a round, then the median.`,
  ];
}
