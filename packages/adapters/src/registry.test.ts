import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

import { describe, expect, test } from 'vitest';

import { findProtocol } from './protocols/index.ts';
import { findProvider, providers } from './registry.ts';

const source = import.meta.dirname;

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(folder, file));
}

describe('the registry', () => {
  test('knows every provider file, and each file is named by its id', () => {
    const files = filesBelow(join(source, 'providers')).map((file) => basename(file, '.ts'));
    expect(files.toSorted()).toEqual(providers.map((provider) => provider.id).toSorted());
    for (const provider of providers) {
      expect(findProvider(provider.id)).toBe(provider);
    }
    expect(findProvider('nobody')).toBeUndefined();
    expect(findProvider('__proto__')).toBeUndefined();
  });

  test('every provider speaks known protocols, at paths behind a base URL without a final slash', () => {
    for (const provider of providers) {
      expect(Object.keys(provider.speaks).length, provider.id).toBeGreaterThan(0);
      expect(new URL(provider.baseUrl).href.endsWith('/'), provider.id).toBe(false);
      for (const [operation, spoken] of Object.entries(provider.speaks)) {
        expect(findProtocol(spoken.protocol).operation).toBe(operation);
        expect(spoken.path).toMatch(/^\/[\w/-]+$/);
      }
    }
  });

  test('a provider file is short: what needs more is a protocol', () => {
    for (const file of filesBelow(join(source, 'providers'))) {
      expect(readFileSync(file, 'utf8').split('\n').length, file).toBeLessThanOrEqual(80);
    }
  });

  test('a vendor’s name stands in its own file and nowhere else', () => {
    // The names of protocols hold the names of their inventors, and so do words that only go over their wire.
    const wireWords =
      /openai-chat|openai-embeddings|openaiChat|openaiEmbeddings|anthropic-messages|anthropicMessages|anthropicType|anthropic-(?:version|beta|claude)|'anthropic-'/g;
    const names = providers.map((provider) => provider.id).filter((id) => id !== 'openai-compatible');
    const pattern = new RegExp(`\\b(?:${names.join('|')})`, 'i');
    const offenders = filesBelow(source)
      .filter((file) => !/^(?:providers|conformance)\/|^registry\.ts$/.test(relative(source, file)))
      .filter((file) => pattern.test(stripComments(readFileSync(file, 'utf8')).replaceAll(wireWords, '')));
    expect(offenders).toEqual([]);
  });
});

/** Comments name sources, which are vendors' pages. */
function stripComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(?<!:)\/\/.*/g, '');
}
