import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { root } from '../paths.ts';

/** Runs a TypeScript program of this repository on this terminal, from its source, and returns its exit code. */
export function runScript(path: string, args: readonly string[]): Promise<number> {
  const script = join(root, path);
  if (!existsSync(script)) throw new Failure(`${path} is missing.`);
  // Ctrl-C reaches the program too, which has things to stop; this process only has to wait for it.
  process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@turnpike/source', script, ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
