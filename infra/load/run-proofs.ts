/**
 * Runs the long proofs: every `*.proof.ts` in this folder or in `proofs/`, or those whose names are given. A proof is a
 * program that exits with 0 when what it claims holds, and whose last line of output says in a sentence what it measured.
 * The table goes to RESULTS.md with the commit it ran on.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderProofTable, type ProofResult } from './proof-table.ts';
import { writeResults } from './results-file.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

function findProofs(names: readonly string[]): readonly string[] {
  const files = [folder, join(folder, 'proofs')]
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place).map((file) => join(place, file)))
    .filter((file) => file.endsWith('.proof.ts'))
    .sort();
  const unknown = names.filter((name) => !files.some((file) => basename(file, '.proof.ts') === name));
  if (unknown.length > 0) {
    const known = files.map((file) => basename(file, '.proof.ts')).join(', ') || 'none yet';
    throw new Error(`There is no proof called ${unknown.join(', ')}; there is ${known}.`);
  }
  return names.length === 0 ? files : files.filter((file) => names.includes(basename(file, '.proof.ts')));
}

function runProof(file: string): Promise<ProofResult> {
  const startedMs = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@turnpike/source', file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString('utf8');
      process.stdout.write(piece);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const holds = code === 0;
      const seconds = Math.round((Date.now() - startedMs) / 1000);
      resolve({ name: basename(file, '.proof.ts'), holds, measured: output.trim().split('\n').at(-1) ?? '', seconds });
    });
  });
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain')
    .split('\n')
    .filter((line) => line !== '');
  const isChanged = changed.some((line) => !line.endsWith('infra/load/RESULTS.md'));
  return `${git('rev-parse', '--short=12', 'HEAD')}${isChanged ? ' with local changes' : ''}`;
}

// Ctrl-C reaches the proof too, which has things to stop; this process only has to wait for it.
process.on('SIGINT', () => {});
const results: ProofResult[] = [];
for (const file of findProofs(process.argv.slice(2))) {
  process.stdout.write(`\n━━ ${basename(file, '.proof.ts')}\n`);
  results.push(await runProof(file));
}
if (results.length > 0) writeResults('Long proofs', renderProofTable(results, commit(), new Date()));
const failed = results.filter(({ holds }) => !holds).length;
process.stdout.write(`\n${results.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
