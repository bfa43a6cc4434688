import { describe, expect, it } from 'vitest';
import { findEnvironmentReads } from './environment-ban.ts';
import { findLongFiles } from './file-length.ts';

const lines = (count: number) => 'x\n'.repeat(count);

describe('findLongFiles', () => {
  it('accepts a file at the cap and reports one line more', () => {
    expect(findLongFiles([{ path: 'packages/core/src/a.ts', text: lines(400) }])).toEqual([]);
    expect(findLongFiles([{ path: 'packages/core/src/a.ts', text: lines(401) }])).toEqual([
      'packages/core/src/a.ts has 401 lines; at most 400. Split it by what it hides.',
    ]);
  });

  it('counts a last line without its line break', () => {
    expect(findLongFiles([{ path: 'a.ts', text: `${lines(400)}y` }])).toHaveLength(1);
  });

  it('holds schema files to a lower cap', () => {
    expect(findLongFiles([{ path: 'prisma/schema/usage.prisma', text: lines(251) }])).toHaveLength(1);
  });

  it.each([
    'packages/adapters/src/protocols/gemini/wire.ts',
    'packages/adapters/src/protocols/gemini/fixtures/long.ts',
    'prisma/migrations/1_a/migration.sql',
  ])('leaves %s alone', (path) => {
    expect(findLongFiles([{ path, text: lines(2_000) }])).toEqual([]);
  });
});

describe('findEnvironmentReads', () => {
  it.each([
    'const url = process.env.DATABASE_URL;',
    "const url = process.env['DATABASE_URL'];",
    "const url = process['env'].DATABASE_URL;",
    'const { env } = globalThis.process;',
    "import process from 'node:process';",
    "import { env } from 'process';",
    'const mode = import.meta.env.MODE;',
    'const url = process?.env?.DATABASE_URL;',
  ])('finds: %s', (text) => {
    expect(findEnvironmentReads([{ path: 'packages/db/src/client.ts', text: `\n${text}\n` }])).toEqual([
      'packages/db/src/client.ts:2 reads the environment; take the value from the parsed configuration.',
    ]);
  });

  it.each([
    'apps/gateway/src/main.ts',
    'packages/db/src/main.ts',
    'apps/dashboard/src/main.ts',
    'tooling/commands/start.ts',
    'packages/db/scripts/generate.mjs',
    'apps/gateway/src/a.test.ts',
    'vitest.config.ts',
  ])('allows it in %s', (path) => {
    expect(findEnvironmentReads([{ path, text: 'process.env.A' }])).toEqual([]);
  });

  it('lets a comment speak of it', () => {
    const text = '/** What the process was given: `process.env`. */\n * process.env\n// process.env';
    expect(findEnvironmentReads([{ path: 'packages/platform/src/config.ts', text }])).toEqual([]);
  });

  it('does not mistake other words for it', () => {
    expect(
      findEnvironmentReads([{ path: 'packages/core/src/a.ts', text: 'const environment = preprocess.envelope;' }]),
    ).toEqual([]);
  });
});
