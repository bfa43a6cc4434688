import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireLock } from './lock.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('lets a second run in only after the first has given the lock back', async () => {
  const path = join(folder, 'a.lock');
  const order: string[] = [];
  const releaseFirst = await acquireLock(path, () => {});
  const second = acquireLock(path, () => order.push('waits')).then((release) => {
    order.push('second');
    release();
  });
  await expect.poll(() => order).toContain('waits');
  order.push('first done');
  releaseFirst();
  await second;
  expect(order.filter((entry) => entry !== 'waits')).toEqual(['first done', 'second']);
  expect(existsSync(path)).toBe(false);
});

it('takes over the lock of a process that is gone', async () => {
  const path = join(folder, 'b.lock');
  const neverAProcess = 2 ** 22 + 1;
  writeFileSync(path, `${neverAProcess}\n${hostname()}\n1\n`);
  const release = await acquireLock(path, () => expect.unreachable('waited for a dead process'));
  release();
  expect(existsSync(path)).toBe(false);
});
