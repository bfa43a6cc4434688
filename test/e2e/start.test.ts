import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from '@turnpike/tooling/choose-ports';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const startScript = fileURLToPath(new URL('../../tooling/commands/start.ts', import.meta.url));

const slowly = { timeout: 120_000, interval: 200 };

interface Start {
  readonly process: ChildProcess;
  output(): string;
  readonly ended: Promise<number | null>;
}

let folder = '';
let environment: Record<string, string | undefined> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-start-'));
  const { gateway, control, dashboard, sandbox } = await freePorts();
  environment = {
    ...process.env,
    TURNPIKE_LOCAL_FOLDER: folder,
    // Reaches every process of the product, and tells them from everybody else's.
    MARK_OF_THIS_TEST: folder,
    GATEWAY_PORT: String(gateway),
    CONTROL_PORT: String(control),
    DASHBOARD_PORT: String(dashboard),
    SANDBOX_PORT: String(sandbox),
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
  };
});

const runs: Start[] = [];
afterEach(async () => {
  // After a failed expectation the product may still run, and the next test needs its ports.
  for (const run of runs.splice(0)) {
    if (run.process.exitCode === null) await stop(run);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...args: string[]): Start {
  const child = spawn(process.execPath, ['--conditions=@turnpike/source', startScript, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString('utf8')));
  child.stderr.on('data', (piece: Buffer) => (output += piece.toString('utf8')));
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const run = { process: child, output: () => output, ended };
  runs.push(run);
  return run;
}

/** Waits until the product is ready, or until it has ended, which fails with its last words. */
async function ready(run: Start): Promise<void> {
  await expect
    .poll(() => run.process.exitCode !== null || run.output().includes('Turnpike is ready'), slowly)
    .toBe(true);
  expect(run.output()).toContain('Turnpike is ready');
}

async function stop(run: Start): Promise<number | null> {
  run.process.kill('SIGINT');
  return run.ended;
}

/** Every process of the product that this test has started, and of nothing else. */
function ourProcesses(): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      try {
        const isOurs = readFileSync(`/proc/${entry}/environ`, 'utf8').includes(`MARK_OF_THIS_TEST=${folder}`);
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return isOurs ? [{ pid: Number(entry), command }] : [];
      } catch {
        // It ended while we looked, or belongs to someone else.
        return [];
      }
    });
}

function readState(): { gatewayUrl: string; dashboardUrl: string; demo: { apiKey: string } } {
  return JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
}

describe.runIf(process.platform === 'linux')('npm start', () => {
  it('starts everything, prints a curl line that works, and leaves no process after Ctrl-C', async () => {
    const run = start();
    await ready(run);
    expect(ourProcesses().length).toBeGreaterThan(7);
    const curl = /^ *(curl .*)$/m.exec(run.output())?.[1] ?? '';
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${curl} --silent --show-error --max-time 20`]);
    expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] });

    const { dashboardUrl, demo } = readState();
    expect((await fetch(dashboardUrl)).status).toBe(200);
    expect(statSync(join(folder, 'state.json')).mode & 0o777).toBe(0o600);

    expect(await stop(run)).toBe(0);
    expect(ourProcesses()).toEqual([]);

    // What was made is kept: the same key opens the same organization after the second start.
    const second = start();
    await ready(second);
    const { gatewayUrl, demo: demoAfter } = readState();
    expect(demoAfter).toEqual(demo);
    const key = await fetch(`${gatewayUrl}/v1/key`, { headers: { authorization: `Bearer ${demo.apiKey}` } });
    expect(key.status).toBe(200);
    expect(await stop(second)).toBe(0);
    expect(ourProcesses()).toEqual([]);
  }, 300_000);

  it('stops while it is still starting', async () => {
    const run = start();
    await expect.poll(() => run.output(), { timeout: 60_000 }).toContain('Redis');
    expect(await stop(run)).toBe(130);
    expect(ourProcesses()).toEqual([]);
  }, 120_000);

  it('names a taken port in one sentence, ends with 1 and leaves nothing running', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => {
      blocker.listen(Number(environment['GATEWAY_PORT']), '127.0.0.1', resolve);
    });
    try {
      const run = start();
      expect(await run.ended).toBe(1);
      expect(run.output()).toContain(`Port ${environment['GATEWAY_PORT']}, which the gateway needs, is taken`);
      expect(ourProcesses()).toEqual([]);
    } finally {
      blocker.close();
    }
  }, 60_000);

  it('stops everything with a sentence when one of its processes dies', async () => {
    const run = start();
    await ready(run);
    const worker = ourProcesses().find(({ command }) => command.includes('apps/worker/'));
    process.kill(worker?.pid ?? expect.unreachable('there is no worker'), 'SIGKILL');
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('The worker stopped (SIGKILL)');
    expect(ourProcesses()).toEqual([]);
  }, 300_000);

  it('begins with new data after --fresh', async () => {
    const before = readFileSync(join(folder, 'demo.json'), 'utf8');
    const run = start('--fresh');
    await ready(run);
    expect(readFileSync(join(folder, 'demo.json'), 'utf8')).not.toBe(before);
    expect(await stop(run)).toBe(0);
  }, 300_000);
});
