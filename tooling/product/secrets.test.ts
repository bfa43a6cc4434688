import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keptSecrets } from './secrets.ts';

let file = '';
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'turnpike-secrets-')), 'secrets.json');
});
afterEach(() => {
  rmSync(join(file, '..'), { recursive: true, force: true });
});

it('makes secrets once and keeps them, for their owner alone', () => {
  const first = keptSecrets(file);
  expect(keptSecrets(file)).toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(Buffer.from(first.apiKeyPepper, 'base64url').length).toBeGreaterThanOrEqual(32);
});

it('gives every installation its own', () => {
  const first = keptSecrets(file);
  rmSync(file);
  const second = keptSecrets(file);
  const values = [first, second].flatMap(({ rolePasswords, ...secrets }) => [
    ...Object.values(secrets),
    ...Object.values(rolePasswords),
  ]);
  expect(new Set(values).size).toBe(values.length);
});

it.each(['', '{', '{"apiKeyPepper":"a"}'])(
  'refuses the damaged file "%s" instead of making new secrets for old data',
  (text) => {
    keptSecrets(file);
    writeFileSync(file, text);
    expect(() => keptSecrets(file)).toThrow('is damaged');
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);
