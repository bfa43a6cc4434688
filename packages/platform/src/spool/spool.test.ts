import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSilentLogger } from '../log/logger.ts';
import { adoptSpools } from './adopt-spools.ts';
import { Spool, type SpoolOptions } from './spool.ts';

let root: string;
const open = new Set<Spool>();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(async () => {
  await Promise.all([...open].map((spool) => spool.close({ isShipped: true })));
  open.clear();
  rmSync(root, { recursive: true, force: true });
});

async function openSpool(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await Spool.open({
    root,
    instanceId: 'own',
    maxBytes: 1_073_741_824,
    carryOver: () => [],
    logger: createSilentLogger(),
    ...options,
  });
  open.add(spool);
  return spool;
}

async function closeSpool(spool: Spool, isShipped: boolean): Promise<void> {
  open.delete(spool);
  await spool.close({ isShipped });
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => JSON.stringify({ index }));

describe('Spool', () => {
  test('gives durable records to its reader in the order in which they were appended', async () => {
    const spool = await openSpool();
    const records = numbered(500);
    await Promise.all(records.map((record) => spool.appendDurable(record)));
    const first = await spool.read(300);
    expect(first.records).toStrictEqual(records.slice(0, 300));
    expect((await spool.read(300)).records).toStrictEqual(records.slice(0, 300));
    await spool.commit(first);
    const second = await spool.read(300);
    expect(second.records).toStrictEqual(records.slice(300));
    await spool.commit(second);
    expect((await spool.read(300)).records).toStrictEqual([]);
    expect(spool.unshippedBytes).toBe(0);
  });

  test('says that a record is durable only when it is in the file', async () => {
    const spool = await openSpool();
    for (const record of numbered(20)) {
      await spool.appendDurable(record);
      const batch = await spool.read(10);
      expect(batch.records).toStrictEqual([record]);
      await spool.commit(batch);
    }
  });

  test('writes larger records than it reads at once', async () => {
    const spool = await openSpool();
    const records = ['a', 'b'].map((letter) => letter.repeat(700_000));
    await Promise.all(records.map((record) => spool.appendDurable(record)));
    expect((await spool.read(10)).records).toStrictEqual(records);
  });

  test('closes a full segment, and deletes it when everything in it is committed', async () => {
    const spool = await openSpool();
    const segments = () => readdirSync(spool.directory).filter((name) => name.startsWith('end-'));
    for (let index = 0; index < 10; index += 1) {
      await spool.appendDurable(`${index}`.repeat(1_000_000));
    }
    expect(segments()).toHaveLength(2);
    for (let index = 0; index < 10; index += 1) {
      const batch = await spool.read(1);
      expect(batch.records).toStrictEqual([`${index}`.repeat(1_000_000)]);
      await spool.commit(batch);
    }
    expect(segments()).toHaveLength(1);
  });

  test('is not writable while too much waits to be shipped', async () => {
    const spool = await openSpool({ maxBytes: 10_000 });
    await spool.appendDurable('x'.repeat(8_100));
    expect(spool.problem).toBe('full');
    await spool.commit(await spool.read(10));
    expect(spool.isWritable).toBe(true);
  });

  test('keeps its files from other users', async () => {
    const spool = await openSpool();
    spool.append('{}');
    await spool.appendDurable('{}');
    expect(statSync(spool.directory).mode & 0o077).toBe(0);
    const modes = readdirSync(spool.directory).map((name) => statSync(join(spool.directory, name)).mode & 0o077);
    expect(modes.every((mode) => mode === 0)).toBe(true);
  });

  test('removes its folder when everything was shipped, and leaves it to be adopted otherwise', async () => {
    const shipped = await openSpool({ instanceId: 'shipped' });
    await shipped.appendDurable('{"a":1}');
    await closeSpool(shipped, true);
    const left = await openSpool({ instanceId: 'left' });
    left.append('{"open":1}');
    void left.appendDurable('{"b":2}');
    await closeSpool(left, false);
    expect(readdirSync(root)).toStrictEqual(['left']);

    const [adopted, ...others] = await adoptSpools(root, 'own');
    expect(others).toStrictEqual([]);
    expect(adopted?.instanceId).toBe('left');
    expect(adopted?.readOpen()).toStrictEqual(['{"open":1}']);
    const ended: string[] = [];
    for await (const records of adopted?.readAllEnded(10) ?? []) {
      ended.push(...records);
    }
    expect(ended).toStrictEqual(['{"b":2}']);
    await adopted?.remove();
    expect(readdirSync(root)).toStrictEqual([]);
  });

  test('begins a new journal with what is open, so that it does not grow with what has ended', async () => {
    const openRecords = new Set<string>();
    const spool = await openSpool({ carryOver: () => openRecords });
    for (let index = 0; index < 12_000; index += 1) {
      const record = JSON.stringify({ index, filler: 'f'.repeat(600) });
      openRecords.add(record);
      spool.append(record);
      if (index % 1_000 !== 0) {
        openRecords.delete(record);
      }
    }
    const journals = readdirSync(spool.directory).filter((name) => name.startsWith('open-'));
    expect(journals).toHaveLength(1);
    expect(statSync(join(spool.directory, journals[0] ?? '')).size).toBeLessThan(4_500_000);
    await closeSpool(spool, false);
    const [adopted] = await adoptSpools(root, 'other');
    const kept = new Set(adopted?.readOpen());
    expect([...openRecords].every((record) => kept.has(record))).toBe(true);
    await adopted?.remove();
  });
});

describe('ownership', () => {
  test('nobody adopts the folder of an instance that lives', async () => {
    const spool = await openSpool({ instanceId: 'living' });
    await spool.appendDurable('{}');
    expect(await adoptSpools(root, 'own')).toStrictEqual([]);
    await expect(openSpool({ instanceId: 'living' })).rejects.toThrow('owned by another process');
  });

  test('of many who want a dead folder exactly one gets it, and can give it back', async () => {
    const spool = await openSpool({ instanceId: 'dead' });
    await closeSpool(spool, false);
    const attempts = await Promise.all(Array.from({ length: 8 }, () => adoptSpools(root, 'own')));
    const winners = attempts.flat();
    expect(winners).toHaveLength(1);
    await winners[0]?.release();
    const [again] = await adoptSpools(root, 'own');
    expect(again?.instanceId).toBe('dead');
    await again?.remove();
  });

  test('a folder that has just been made and not yet taken is left alone', async () => {
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(root, 'starting'));
    expect(await adoptSpools(root, 'own')).toStrictEqual([]);
  });

  test('an owner whose folder is gone notices', async () => {
    const spool = await openSpool();
    rmSync(join(spool.directory, 'owner'));
    while (spool.isWritable) {
      await sleep(50);
    }
    expect(spool.problem).toBe('lost');
  }, 10_000);
});
