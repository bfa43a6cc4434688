import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSilentLogger } from '../log/logger.ts';
import { Spool } from './spool.ts';

/** A disk of our own that can be filled. Only root may mount one; elsewhere these tests do not run. */
function mountDisk(directory: string, megabytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function canMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'disk-'));
  const isMounted = mountDisk(directory, 1);
  if (isMounted) {
    execFileSync('umount', [directory]);
  }
  rmSync(directory, { recursive: true });
  return isMounted;
}

describe.skipIf(!canMount())('on a full disk', () => {
  let root: string;
  let spool: Spool;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'disk-'));
    mountDisk(root, 14);
    spool = await Spool.open({
      root,
      instanceId: 'own',
      maxBytes: 1_073_741_824,
      carryOver: () => [],
      logger: createSilentLogger(),
    });
  });
  afterEach(async () => {
    await spool.close({ isShipped: true });
    execFileSync('umount', [root]);
    rmSync(root, { recursive: true });
  });

  test('calls that were accepted still end durably, new work is refused, and room brings the spool back', async () => {
    const ballast = join(root, 'ballast');
    await spool.appendDurable('{"first":true}');
    writeFileSync(ballast, Buffer.alloc(5_000_000));
    expect(spool.isWritable).toBe(true);

    const records = Array.from({ length: 100 }, (_, index) => JSON.stringify({ index, filler: 'x'.repeat(30_000) }));
    await Promise.all(records.map((record) => spool.appendDurable(record)));
    await expect.poll(() => spool.problem).toBe('ENOSPC');

    rmSync(ballast);
    await expect.poll(() => spool.isWritable, { timeout: 5_000 }).toBe(true);
    expect((await spool.read(1_000)).records).toStrictEqual(['{"first":true}', ...records]);
  }, 20_000);

  test('what is about to begin is refused when its journal cannot be written, until there is room', async () => {
    const ballast = join(root, 'ballast');
    spool.append('{"open":1}');
    await spool.appendDurable('{"ended":1}');
    for (let free = 4_000_000; free >= 1; free = Math.floor(free / 2)) {
      try {
        writeFileSync(ballast, Buffer.alloc(free), { flag: 'a' });
      } catch {
        // Fills what is left in ever smaller steps.
      }
    }
    const fill = (): void => {
      for (let index = 0; index < 100; index += 1) {
        spool.append(JSON.stringify({ index, filler: 'x'.repeat(1_000) }));
      }
    };
    expect(fill).toThrow('Usage cannot be recorded');
    expect(spool.isWritable).toBe(false);
    rmSync(ballast);
    await expect.poll(() => spool.isWritable, { timeout: 5_000 }).toBe(true);
    await sleep(0);
    expect(fill).not.toThrow('Usage cannot be recorded');
  }, 20_000);
});
