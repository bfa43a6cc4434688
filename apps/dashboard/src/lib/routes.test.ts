import { expect, it } from 'vitest';
import { pathInProject, projectOfPath, routes } from './routes.ts';

it('keeps the page when the project changes, and drops what belonged to the old project', () => {
  expect(pathInProject(routes.logs('org_1', 'proj_1'), 'org_1', 'proj_2')).toBe('/o/org_1/p/proj_2/logs');
  expect(pathInProject(routes.home('org_1'), 'org_1', 'proj_2')).toBe('/o/org_1/p/proj_2/keys');
});

it('finds the project of a path, and none on pages of the organization', () => {
  expect([projectOfPath(routes.usage('org_1', 'proj_1')), projectOfPath(routes.home('org_1'))]).toEqual([
    'proj_1',
    undefined,
  ]);
});
