import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, Failure } from '../failure.ts';
import type { Leash } from './leash.ts';

export interface ChildOptions {
  /** How messages call it, for example `gateway`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Both outputs are appended here. */
  readonly logFile: string;
  /** Takes the standard output instead, from its beginning; readable by its owner alone. */
  readonly outputFile?: string;
  /** Runs as another user; only root may ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly stopSignal?: 'TERM' | 'INT';
  /** How long it may take to stop before it is killed. */
  readonly graceMs?: number;
  readonly leash?: Leash;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningChild {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended, whoever ended it. */
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  /** Whether `stop` or `kill` was called: then its end is no failure. */
  isStopping(): boolean;
  /** Asks the whole process group to stop, waits, then kills what is left. Resolves when nothing of it runs. */
  stop(): Promise<void>;
  /** Kills the whole process group at once, as a crash would. Resolves when nothing of it runs. */
  kill(): Promise<void>;
}

/** Starts a child; whoever passes it decides what else happens to the child. */
export type Launch = (options: ChildOptions) => Promise<RunningChild>;

const defaultGraceMs = 10_000;
const pollMs = 20;

function groupIsAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Stops a process group: `signal`, up to `graceMs` of patience, then SIGKILL. Resolves when no member is left. */
async function stopGroup(groupId: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  signalGroup(groupId, signal);
  const deadlineMs = Date.now() + graceMs;
  while (groupIsAlive(groupId) && Date.now() < deadlineMs) await sleep(pollMs);
  while (groupIsAlive(groupId)) {
    signalGroup(groupId, 'SIGKILL');
    await sleep(pollMs);
  }
}

/**
 * Starts a program in a process group of its own, so that Ctrl-C in the terminal reaches only us and we decide the order
 * of stopping. Throws a `Failure` when it cannot be started at all.
 */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const output = options.outputFile === undefined ? log : openSync(options.outputFile, 'w', 0o600);
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', output, log],
    ...options.user,
  });
  closeSync(log);
  if (output !== log) closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(new Failure(`The ${options.name} could not be started (${error.message}).`, { cause: error }));
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new Failure(`The ${options.name} could not be started.`);

  const stopSignal = options.stopSignal ?? 'TERM';
  options.leash?.add(pid, stopSignal);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  let stopping: Promise<void> | undefined;
  const end = async (signal: NodeJS.Signals, graceMs: number) => {
    await stopGroup(pid, signal, graceMs);
    options.leash?.drop(pid);
  };
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    isStopping: () => stopping !== undefined,
    stop() {
      stopping ??= end(`SIG${stopSignal}`, options.graceMs ?? defaultGraceMs);
      return stopping;
    },
    kill() {
      stopping = end('SIGKILL', 0);
      return stopping;
    },
  };
}

/** The last lines of a log, indented, for a message on the terminal. */
export function logTail(logFile: string, lines = 12): string {
  if (!existsSync(logFile)) return '';
  const text = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines);
  return text.map((line) => `    ${line.slice(0, 300)}`).join('\n');
}

/** Says in a sentence that a child has ended when it should not have, and why if its log tells. */
export function exitSentence(child: Pick<RunningChild, 'name' | 'logFile'>, exit: Exit): string {
  const how = exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : exit.signal;
  const tail = logTail(child.logFile);
  if (/ENOSPC|No space left on device/i.test(tail)) {
    return `The ${child.name} stopped because the disk is full. Free some space and start again. Its log: ${child.logFile}`;
  }
  return `The ${child.name} stopped (${how}). Its log is ${child.logFile}${tail === '' ? ' and is empty.' : `; it ends with:\n${tail}`}`;
}

/**
 * Waits until `isReady` answers true. Throws a `Failure` when the child ends first, or when `timeoutMs` pass.
 * `isReady` may throw to end the wait with its own failure.
 */
export async function waitUntilReady(
  child: RunningChild,
  isReady: () => Promise<boolean> | boolean,
  timeoutMs: number,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    if (child.hasExited()) throw new Failure(exitSentence(child, await child.exited));
    if (await isReady()) return;
    if (Date.now() > deadlineMs) {
      const tail = logTail(child.logFile);
      throw new Failure(
        `The ${child.name} was not ready after ${Math.round(timeoutMs / 1000)} s. Its log is ${child.logFile}; it ends with:\n${tail}`,
      );
    }
    await sleep(pollMs * 2);
  }
}
