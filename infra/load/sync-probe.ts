import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicUs } from './clock.ts';
import { quantileOf } from './statistics.ts';

/** About what the records of a small group of calls take. */
const record = Buffer.alloc(512, 'x');
const samples = 200;

/** What one append with `fdatasync` takes in this folder, in microseconds: the median of two hundred. */
export function fdatasyncP50Us(folder: string): number {
  const path = join(folder, `sync-probe-${process.pid}`);
  const file = openSync(path, 'a');
  try {
    const times: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      const startedUs = monotonicUs();
      writeSync(file, record);
      fdatasyncSync(file);
      times.push(monotonicUs() - startedUs);
    }
    return quantileOf(times, 0.5);
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
