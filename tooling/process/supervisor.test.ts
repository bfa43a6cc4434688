import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from '../bootstrap/lock.mjs';
import { createSupervisor, runTask, type Stage, type Supervisor } from './supervisor.ts';

let folder = '';
let supervisor: Supervisor;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-supervisor-'));
  supervisor = createSupervisor();
});
afterEach(async () => {
  await supervisor.killAll();
  rmSync(folder, { recursive: true, force: true });
});

const logFile = () => join(folder, 'all.log');
const log = () => readFileSync(logFile(), 'utf8');

/** Writes its name when it is asked to stop, so that the log shows the order. */
async function startNamed(stage: Stage, name: string) {
  const script = `process.on('SIGTERM', () => { console.log('stop ${name}'); process.exit(0); }); console.log('up ${name}'); setInterval(() => {}, 1000)`;
  const { launch } = supervisor.stage(stage);
  const child = await launch({
    name,
    command: process.execPath,
    args: ['-e', script],
    env: process.env,
    logFile: logFile(),
  });
  await expect.poll(log).toContain(`up ${name}`);
  return child;
}

it('stops those that take calls before those that they need, and leaves no process', async () => {
  const database = await startNamed('storage', 'database');
  const worker = await startNamed('back', 'worker');
  const gateway = await startNamed('front', 'gateway');
  await supervisor.stopAll();
  expect(log().match(/stop \w+/g)).toEqual(['stop gateway', 'stop worker', 'stop database']);
  expect([database, worker, gateway].map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
});

it('tells which child ended by itself', async () => {
  const worker = await startNamed('back', 'worker');
  process.kill(worker.pid, 'SIGKILL');
  expect(await supervisor.failure).toContain('The worker stopped (SIGKILL)');
});

it('does not call it a failure when a child is stopped or killed on purpose', async () => {
  const gateway = await startNamed('front', 'gateway');
  await gateway.kill();
  const nothing = Symbol('nothing');
  expect(await Promise.race([supervisor.failure, new Promise((resolve) => setTimeout(resolve, 50, nothing))])).toBe(
    nothing,
  );
});

it('starts nothing any more once it is stopping', async () => {
  await supervisor.stopAll();
  await expect(startNamed('front', 'gateway')).rejects.toThrow('was not started');
});

it('ends a task that is under way', async () => {
  const task = runTask(supervisor, {
    name: 'migration',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    env: process.env,
    logFile: logFile(),
  });
  const outcome = task.catch((error: unknown) => String(error));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await supervisor.stopAll();
  expect(await outcome).toContain('The migration stopped');
});

it('says in a sentence why a task failed', async () => {
  const task = runTask(supervisor, {
    name: 'migration',
    command: process.execPath,
    args: ['-e', 'console.error("The database is too old."); process.exit(1)'],
    env: process.env,
    logFile: logFile(),
  });
  await expect(task).rejects.toThrow(/The migration stopped \(exit code 1\).*\n +The database is too old\./);
});
