import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly private: boolean;
  readonly type: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

function readManifest(folder: string): Manifest {
  const text = readFileSync(join(root, folder, 'package.json'), 'utf8');
  return { exports: {}, dependencies: {}, devDependencies: {}, optionalDependencies: {}, ...JSON.parse(text) };
}

const groups = ['apps', 'packages'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => `${group}/${name}`),
);
const folders = [...groups, 'tooling', 'test', 'infra/load'].filter((folder) =>
  existsSync(join(root, folder, 'package.json')),
);
const packages = folders.map((folder) => ({ folder, manifest: readManifest(folder) }));

function tagsOf(folder: string): unknown {
  const settings: unknown = JSON.parse(readFileSync(join(root, folder, 'turbo.json'), 'utf8'));
  return typeof settings === 'object' && settings !== null && 'tags' in settings ? settings.tags : undefined;
}

describe.each(packages)('$folder', ({ folder, manifest }) => {
  it('is a private ES module under the license of the repository', () => {
    expect(manifest).toMatchObject({ private: true, type: 'module', license: 'Apache-2.0' });
  });

  it('has exactly one layer, so that boundaries can be checked', () => {
    expect(tagsOf(folder)).toEqual([expect.stringMatching(/^(?:pure|io|service|app|dev)$/)]);
  });

  it('pins every version exactly, or takes it from the catalog', () => {
    const versions = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    const loose = Object.entries(versions).filter(
      ([, version]) => !/^(?:catalog:|workspace:\*|\d+\.\d+\.\d+(?:-[\w.-]+)?)$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('needs no test or tooling package at run time', () => {
    const isDev = (name: string) =>
      packages.some((other) => other.manifest.name === name && String(tagsOf(other.folder)) === 'dev');
    const shipped = String(tagsOf(folder)) === 'dev' ? [] : Object.keys(manifest.dependencies);
    expect(shipped.filter(isDev)).toEqual([]);
  });

  it('exports only files that exist', () => {
    const sources = Object.values(manifest.exports).map((target) =>
      typeof target === 'object' && target !== null && '@turnpike/source' in target
        ? String(target['@turnpike/source'])
        : String(target),
    );
    const missing = sources.filter((source) => !source.includes('*') && !existsSync(join(root, folder, source)));
    expect(missing).toEqual([]);
  });
});

it('pins every version of the catalog exactly', () => {
  const workspace: unknown = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'));
  expect(workspace).toMatchObject({ catalog: expect.any(Object) });
  const versions =
    typeof workspace === 'object' && workspace !== null && 'catalog' in workspace
      ? Object.values(workspace.catalog ?? {})
      : [];
  expect(versions.length).toBeGreaterThan(5);
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
});
