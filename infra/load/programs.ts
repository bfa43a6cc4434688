import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Server } from 'node:net';

/** Which processor a program is pinned to: the one under test, or the one that everything else shares. */
export type Core = 'tested' | 'other';

const hasTaskset = spawnSync('taskset', ['-V']).status === 0 && availableParallelism() > 1;

/** True when the tested program has a processor of its own. */
export const isPinned = hasTaskset;

/** The words that start a command on a core; the command alone where cores cannot be chosen. */
export function onCore(core: Core, command: readonly string[]): readonly string[] {
  return hasTaskset ? ['taskset', '-c', core === 'tested' ? '1' : '0', ...command] : command;
}

/** A program of this folder that runs. */
export interface Program {
  readonly pid: number;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Tells the parent on which port a program listens, and ends the program with its parent. */
export function announcePort(server: Server): void {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`);
  });
  process.stdin.resume();
  process.stdin.once('end', () => process.exit(0));
}

/** Starts `file` of this folder on a core, and waits until it says its port. Rejects when it ends before. */
export async function startProgram(file: string, core: Core, ...args: readonly string[]): Promise<Program> {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const [command = process.execPath, ...rest] = onCore(core, [
    process.execPath,
    '--conditions=@turnpike/source',
    script,
    ...args,
  ]);
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code ?? 'a signal'} before it listened.`)));
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString('utf8'))));
  });
  return { pid: child.pid ?? 0, port, stop: () => stopChild(child) };
}

/** Closing its input ends a program of ours; it is waited for. */
function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.stdin?.end();
  });
}
