import { expect, it } from 'vitest';
import { highlight } from './highlight.ts';

const code = `curl https://x/v1 -H "Authorization: Bearer k" # "not" a string\n  -d '{"n": 12}'`;

it('loses no character of the snippet', () => {
  expect(
    highlight(code, 'shell')
      .map((token) => token.text)
      .join(''),
  ).toBe(code);
});

it('does not look for strings in comments, nor for keywords in strings', () => {
  const kinds = highlight(`const a = "from here"; // import "x"`, 'javascript').filter(
    (token) => token.kind !== 'plain',
  );
  expect(kinds).toEqual([
    { kind: 'keyword', text: 'const' },
    { kind: 'string', text: '"from here"' },
    { kind: 'comment', text: '// import "x"' },
  ]);
});
