// node --conditions=@turnpike/source packages/platform/scripts/bench-spool.mjs [folder]
// Durable appends per second and their waits, beside a bare write + fdatasync of the same disk in the same run.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { Spool } from '@turnpike/platform/spool/spool';

const root = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'spool-bench-'));
const record = JSON.stringify({ filler: 'x'.repeat(850) });
const print = (line) => process.stdout.write(`${line}\n`);

function quantiles(samples) {
  const sorted = Float64Array.from(samples).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(3);
  return `p50 ${at(0.5)} p99 ${at(0.99)} max ${at(1)} ms`;
}

function measureDisk() {
  const descriptor = openSync(join(root, 'raw'), 'a');
  const samples = [];
  for (let index = 0; index < 200; index += 1) {
    const startedAt = performance.now();
    writeSync(descriptor, record);
    fdatasyncSync(descriptor);
    samples.push(performance.now() - startedAt);
  }
  closeSync(descriptor);
  rmSync(join(root, 'raw'));
  print(`bare write + fdatasync: ${quantiles(samples)}`);
}

async function measureSpool(spool, parallel, durationMs) {
  const samples = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const append = async () => {
    while (performance.now() - startedAt < durationMs) {
      const before = performance.now();
      await spool.appendDurable(record);
      samples.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: parallel }, append));
  const perSecond = Math.round((samples.length / (performance.now() - startedAt)) * 1_000);
  const cpu = process.cpuUsage(cpuBefore);
  const cpuMicroseconds = ((cpu.user + cpu.system) / samples.length).toFixed(1);
  print(`${parallel}-way: ${perSecond}/s ${quantiles(samples)} cpu ${cpuMicroseconds} us each`);
}

measureDisk();
const spool = await Spool.open({
  root,
  instanceId: 'bench',
  maxBytes: Number.MAX_SAFE_INTEGER,
  carryOver: () => [],
  logger: createSilentLogger(),
});
for (const parallel of [1, 8, 64, 256]) {
  await measureSpool(spool, parallel, 2_000);
}
await spool.close({ isShipped: true });
rmSync(root, { recursive: true, force: true });
