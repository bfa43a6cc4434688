// Generates the Prisma client into src/generated. The CLI would download its schema engine first; generating does not
// use it, so any executable that exists will do.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const cli = path.join(path.dirname(require.resolve('prisma/package.json')), 'build', 'index.js');

const { status, error, stderr } = spawnSync(
  process.execPath,
  [cli, 'generate', '--no-hints', '--schema', path.join(here, '../../../prisma/schema')],
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
}
