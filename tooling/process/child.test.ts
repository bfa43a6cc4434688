import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../bootstrap/lock.mjs';
import { Failure } from '../failure.ts';
import { exitSentence, startChild, waitUntilReady, type RunningChild } from './child.ts';

let folder = '';
const children: RunningChild[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-child-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function startScript(script: string, graceMs = 2_000): Promise<RunningChild> {
  const child = await startChild({
    name: 'gateway',
    command: process.execPath,
    args: ['-e', script],
    env: process.env,
    logFile: join(folder, 'gateway.log'),
    graceMs,
  });
  children.push(child);
  return child;
}

const log = () => readFileSync(join(folder, 'gateway.log'), 'utf8');

/** Starts a child of its own, prints that one's id, and ignores being asked to stop. */
const stubbornFamily = `
  const { spawn } = require('node:child_process');
  const inner = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'], { stdio: 'inherit' });
  process.on('SIGTERM', () => {});
  console.log(inner.pid);
  setInterval(() => {}, 1000);`;

describe('stop', () => {
  it('lets a child finish in order', async () => {
    const child = await startScript(
      `process.on('SIGTERM', () => { console.log('drained'); process.exit(0); }); console.log('up'); setInterval(() => {}, 1000)`,
    );
    await expect.poll(log).toContain('up');
    await child.stop();
    expect(log()).toContain('drained');
    expect(isAlive(child.pid)).toBe(false);
  });

  it('kills a child and its own children when they do not stop in time', async () => {
    const child = await startScript(stubbornFamily, 100);
    await expect.poll(log, { timeout: 5_000 }).toMatch(/\d+\n(?:.*\n)*up/);
    const innerPid = Number(/^\d+$/m.exec(log())?.[0]);
    await child.stop();
    expect(isAlive(child.pid)).toBe(false);
    expect(isAlive(innerPid)).toBe(false);
  });
});

describe('waitUntilReady', () => {
  it('tells at once when the child ends first, with the end of its log', async () => {
    const child = await startScript(`console.error('DATABASE_URL is required.'); process.exit(3)`);
    const failure = await waitUntilReady(child, () => false, 10_000).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(String(failure)).toMatch(
      /The gateway stopped \(exit code 3\)\. Its log is .*gateway\.log; it ends with:\n +DATABASE_URL is required\./,
    );
  });

  it('gives up after its time and says where to look', async () => {
    const child = await startScript('setInterval(() => {}, 1000)');
    await expect(waitUntilReady(child, () => false, 100)).rejects.toThrow(/was not ready after 0 s/);
  });
});

it('names a full disk as the reason when the log does', () => {
  const logFile = join(folder, 'full.log');
  writeFileSync(logFile, 'Error: ENOSPC: no space left on device, write\n');
  expect(exitSentence({ name: 'gateway', logFile }, { code: 1, signal: null })).toContain('because the disk is full');
});

it('says in a sentence that a program is missing', async () => {
  const missing = {
    name: 'worker',
    command: join(folder, 'no-such-program'),
    args: [],
    env: {},
    logFile: join(folder, 'x.log'),
  };
  await expect(startChild(missing)).rejects.toThrow(/The worker could not be started/);
});

describe('the leash', () => {
  it('ends the children of a launcher that was killed hard', async () => {
    const launcher = spawn(
      process.execPath,
      [new URL('fixtures/leashed-launcher.ts', import.meta.url).pathname, join(folder, 'leashed.log')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = await once(launcher.stdout, 'data');
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    launcher.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });
});
