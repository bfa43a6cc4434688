import { expect, it } from 'vitest';
import { safePath } from './safe-path.ts';

it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', '/a\n/b', undefined])(
  'does not leave the site for %j',
  (path) => {
    expect(safePath(path, '/o')).toBe('/o');
  },
);

it('goes back to where the visitor came from, with filters', () => {
  expect(safePath('/o/org_1/p/proj_1/logs?status=error', '/o')).toBe('/o/org_1/p/proj_1/logs?status=error');
});
