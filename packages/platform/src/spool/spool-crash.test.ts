import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { adoptSpools, type AdoptedSpool } from './adopt-spools.ts';

let root: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
  rmSync(root, { recursive: true, force: true });
});

interface Writer {
  readonly pid: number;
  /** Numbers of records that the child was told are safe. */
  readonly durable: Set<number>;
  readonly opened: Set<number>;
  readonly writable: boolean[];
  kill(): Promise<void>;
}

function startWriter(instanceId: string): Writer {
  const child = spawn(
    process.execPath,
    ['--conditions=@turnpike/source', new URL('./fixtures/spool-child.ts', import.meta.url).pathname],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  children.push(child);
  child.stdin.end(JSON.stringify({ root, instanceId, parallel: 16 }));
  const [durable, opened, writable] = [new Set<number>(), new Set<number>(), Array.from<boolean>([])];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [kind, value] = line.split(' ');
      if (kind === 'w') {
        writable.push(value === 'true');
      } else {
        (kind === 'd' ? durable : opened).add(Number(value));
      }
    }
  });
  const ended = new Promise<void>((resolve) => child.stdout.once('close', () => resolve()));
  return {
    pid: child.pid ?? 0,
    durable,
    opened,
    writable,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function waitUntil(condition: () => boolean, timeoutMs = 15_000): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > until) {
      throw new Error('Waited in vain.');
    }
    await sleep(10);
  }
}

const recordSchema = z.object({ number: z.int() });
const numberOf = (record: string): number => recordSchema.parse(JSON.parse(record)).number;

async function readAll(adopted: AdoptedSpool): Promise<{ ended: number[]; open: Set<number> }> {
  const ended: number[] = [];
  for await (const records of adopted.readAllEnded(500)) {
    ended.push(...records.map(numberOf));
  }
  return { ended, open: new Set(adopted.readOpen().map(numberOf)) };
}

describe('after kill -9', () => {
  test('every record that was said to be safe is found, and none twice', async () => {
    for (const round of [1, 2, 3, 4]) {
      const writer = startWriter(`round-${round}`);
      await waitUntil(() => writer.durable.size > 200 * round);
      await writer.kill();
      const [adopted] = await adoptSpools(root, 'own');
      if (adopted === undefined) {
        throw new Error('The folder of the dead process was not adopted.');
      }
      const { ended, open } = await readAll(adopted);
      expect(writer.durable.difference(new Set(ended)).size).toBe(0);
      expect(new Set(ended).size).toBe(ended.length);
      expect(writer.opened.difference(open).size).toBe(0);
      await adopted.remove();
      expect(readdirSync(root)).toStrictEqual([]);
    }
  }, 60_000);

  test('a torn tail is ignored', async () => {
    const writer = startWriter('torn');
    await waitUntil(() => writer.durable.size > 50);
    await writer.kill();
    const names = readdirSync(join(root, 'torn')).filter((name) => /^(end|open)-/.test(name));
    for (const name of names) {
      appendFileSync(join(root, 'torn', name), '0badc0de {"number":1,"fil');
    }
    const [adopted] = await adoptSpools(root, 'own');
    expect(adopted).toBeDefined();
    if (adopted !== undefined) {
      const { ended, open } = await readAll(adopted);
      expect(writer.durable.difference(new Set(ended)).size).toBe(0);
      expect(writer.opened.difference(open).size).toBe(0);
      await adopted.remove();
    }
  }, 30_000);
});

/** Sets how large a file the process may write: the way to a full disk that needs no rights and no mount. */
function limitFileSize(pid: number, size: string): boolean {
  try {
    execFileSync('prlimit', ['--pid', `${pid}`, `--fsize=${size}:unlimited`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const canLimit = limitFileSize(process.pid, 'unlimited');

describe.skipIf(!canLimit)('when the disk takes nothing more', () => {
  test('the spool says so, keeps what it was given, and goes on by itself', async () => {
    const writer = startWriter('full');
    await waitUntil(() => writer.durable.size > 100);
    limitFileSize(writer.pid, '0');
    await waitUntil(() => writer.writable.at(-1) === false);
    const safe = writer.durable.size;
    await sleep(300);
    expect(writer.durable.size - safe).toBeLessThanOrEqual(16);
    limitFileSize(writer.pid, 'unlimited');
    await waitUntil(() => writer.writable.at(-1) === true);
    await waitUntil(() => writer.durable.size > safe + 100);
    await writer.kill();
    const [adopted] = await adoptSpools(root, 'own');
    expect(adopted).toBeDefined();
    if (adopted !== undefined) {
      const { ended, open } = await readAll(adopted);
      const found = new Set(ended);
      expect(writer.durable.difference(found).size).toBe(0);
      // What was said to be open is open still, or its end is here, though the kill came before it was said to be durable.
      expect([...writer.opened].filter((number) => !open.has(number) && !found.has(number))).toEqual([]);
      await adopted.remove();
    }
  }, 60_000);
});
