import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

/** Every module that a file of this package loads when it runs; imports of types are erased and load nothing. */
async function modulesOf(
  url: URL,
  seen = new Map<string, readonly string[]>(),
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (seen.has(url.href)) {
    return seen;
  }
  const text = await readFile(url, 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+'([^']+)'/gms);
  const specifiers = [...statements].map(([, specifier = '']) => specifier);
  seen.set(url.href, specifiers);
  for (const specifier of specifiers.filter((candidate) => candidate.startsWith('.'))) {
    await modulesOf(new URL(specifier, url), seen);
  }
  return seen;
}

it('reads without Redis, queues, secrets or password hashing: pages of the dashboard load nothing of them', async () => {
  const modules = await modulesOf(new URL('read.ts', import.meta.url));
  const foreign = new Set([...modules.values()].flat().filter((specifier) => !specifier.startsWith('.')));
  expect(modules.size).toBeGreaterThan(10);
  expect([...foreign].filter((specifier) => !/^@turnpike\/(core|contracts)\//.test(specifier))).toStrictEqual([]);
});
