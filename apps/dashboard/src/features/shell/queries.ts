import 'server-only';
import type { ProjectView } from '@turnpike/contracts/organizations';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { call } from '#lib/api.ts';
import { visitorTransport } from '#server/api.ts';

/** The projects of an organization that the visitor is a member of, for the switcher. Asked once per request. */
export const readProjects = cache(async (organizationId: string): Promise<readonly ProjectView[]> => {
  const page = await call('listProjects', {
    params: { organizationId },
    transport: visitorTransport,
  });
  return page.items;
});

/** A project of the organization. What is not there, or not theirs, does not exist: 404. */
export async function requireProject(organizationId: string, projectId: string): Promise<ProjectView> {
  const projects = await readProjects(organizationId);
  return projects.find((project) => project.id === projectId) ?? notFound();
}
