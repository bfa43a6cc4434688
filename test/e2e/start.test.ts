import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from '@turnpike/tooling/choose-ports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const startScript = fileURLToPath(new URL('../../tooling/commands/start.ts', import.meta.url));

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
    GATEWAY_PORT: String(gateway),
    CONTROL_PORT: String(control),
    DASHBOARD_PORT: String(dashboard),
    SANDBOX_PORT: String(sandbox),
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
  };
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
  return { process: child, output: () => output, ended };
}

async function ready(run: Start): Promise<void> {
  await expect
    .poll(() => `${run.process.exitCode ?? ''}${run.output()}`, { timeout: 120_000, interval: 200 })
    .toContain('Turnpike is ready');
}

async function stop(run: Start): Promise<number | null> {
  run.process.kill('SIGINT');
  return run.ended;
}

/** Every process whose command line or environment names our folder: whatever the start has left behind. */
function leftovers(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((pid) => {
      try {
        const facts = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
        return facts.includes(folder) ? [`${pid} ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}`] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

function readState(): { gatewayUrl: string; dashboardUrl: string; demo: { apiKey: string } } {
  return JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
}

describe('npm start', () => {
  it('starts everything, prints a curl line that works, and leaves no process after Ctrl-C', async () => {
    const run = start();
    await ready(run);
    const curl = /^ *(curl .*)$/m.exec(run.output())?.[1] ?? '';
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${curl} --silent --show-error --max-time 20`]);
    expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] });

    const { dashboardUrl, demo } = readState();
    expect((await fetch(dashboardUrl)).status).toBe(200);
    expect(statSync(join(folder, 'state.json')).mode & 0o777).toBe(0o600);

    expect(await stop(run)).toBe(0);
    expect(leftovers()).toEqual([]);

    // What was made is kept: the same key opens the same organization after the second start.
    const second = start();
    await ready(second);
    const { gatewayUrl, demo: demoAfter } = readState();
    expect(demoAfter).toEqual(demo);
    const key = await fetch(`${gatewayUrl}/v1/key`, { headers: { authorization: `Bearer ${demo.apiKey}` } });
    expect(key.status).toBe(200);
    expect(await stop(second)).toBe(0);
    expect(leftovers()).toEqual([]);
  }, 300_000);

  it('stops while it is still starting', async () => {
    const run = start();
    await expect.poll(() => run.output(), { timeout: 60_000 }).toContain('Redis');
    expect(await stop(run)).toBe(130);
    expect(leftovers()).toEqual([]);
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
      expect(leftovers()).toEqual([]);
    } finally {
      blocker.close();
    }
  }, 60_000);

  it('stops everything with a sentence when one of its processes dies', async () => {
    const run = start();
    await ready(run);
    const worker = leftovers().find((line) => {
      const pid = line.split(' ')[0] ?? '';
      return existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('apps/worker/');
    });
    process.kill(Number(worker?.split(' ')[0]), 'SIGKILL');
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('The worker stopped (SIGKILL)');
    expect(leftovers()).toEqual([]);
  }, 300_000);

  it('begins with new data after --fresh', async () => {
    const before = readFileSync(join(folder, 'demo.json'), 'utf8');
    const run = start('--fresh');
    await ready(run);
    expect(readFileSync(join(folder, 'demo.json'), 'utf8')).not.toBe(before);
    expect(await stop(run)).toBe(0);
  }, 300_000);
});
