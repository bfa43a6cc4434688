import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { directiveSchema, faultNames } from './directives.ts';
import { parseDirectives, splitModelName } from './parse-directives.ts';

const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the page about the sandbox', () => {
  test.each(Object.keys(directiveSchema.shape))('explains %s in a row of its own', (name) => {
    expect(page).toMatch(new RegExp(`^\\| \`${name}[\`=]`, 'm'));
  });

  test('has no row for a directive that does not exist', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)/gm)].map(([, name]) => name);
    expect(rows.filter((name) => name === undefined || !Object.hasOwn(directiveSchema.shape, name))).toEqual([]);
  });

  test('shows only directives that parse', () => {
    const blocks = page.match(/\[sandbox:[^\]…]*\]/g) ?? [];
    expect(blocks.length).toBeGreaterThan(3);
    for (const block of blocks) expect(parseDirectives(splitModelName('m'), block)).not.toEqual({});
  });

  test('lists as faults what times= limits', () => {
    const section = page.slice(page.indexOf('### Faults'), page.indexOf('### Which calls'));
    const rows = [...section.matchAll(/^\| `([a-z-]+)/gm)].map(([, name]) => name);
    expect(new Set(rows)).toEqual(new Set(faultNames));
  });
});
