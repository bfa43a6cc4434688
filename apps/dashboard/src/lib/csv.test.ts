import { expect, it } from 'vitest';
import { csvOf } from './csv.ts';

it('quotes what would break a row', () => {
  expect(csvOf([['a,b', 'say "hi"', 'two\nlines', 'plain']])).toBe('"a,b","say ""hi""","two\nlines",plain\r\n');
});

it('does not let a name become a formula, and leaves numbers alone', () => {
  expect(csvOf([['=HYPERLINK("x")', '+1', '@x', '-0.5', '-x']])).toBe(`"'=HYPERLINK(""x"")",'+1,'@x,-0.5,'-x\r\n`);
});
