// Generates the Prisma client into src/generated, unless it is there already for this schema. The CLI would download its
// schema engine first; generating does not use it, so any executable that exists will do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const schema = path.join(here, '../../../prisma/schema');
const generated = path.join(here, '../src/generated');
const stampFile = path.join(generated, '.stamp');
const prisma = createRequire(import.meta.url).resolve('prisma/package.json');

function stamp() {
  const hash = createHash('sha256')
    .update(readFileSync(prisma))
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(schema).sort()) {
    hash.update(`${name}\0`).update(readFileSync(path.join(schema, name)));
  }
  return hash.digest('hex');
}

function generate() {
  const { status, error, stderr } = spawnSync(
    process.execPath,
    [path.join(path.dirname(prisma), 'build', 'index.js'), 'generate', '--no-hints', '--schema', schema],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
    },
  );
  if (error !== undefined) {
    throw error;
  }
  if (status !== 0) {
    process.stderr.write(stderr);
    process.exitCode = 1;
    return;
  }
  // Written last: an interrupted run is run again.
  writeFileSync(stampFile, stamp());
}

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp()) {
  generate();
}
