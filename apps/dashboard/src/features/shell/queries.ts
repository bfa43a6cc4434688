import 'server-only';
import type { ProjectView } from '@turnpike/contracts/organizations';
import { listProjects } from '@turnpike/control/read';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { readContextOf } from '#server/actor.ts';

/** The projects of an organization that the visitor is a member of, for the switcher. Asked once per page. */
export const readProjects = cache(async (organizationId: string): Promise<readonly ProjectView[]> => {
  const { items } = await listProjects(await readContextOf(organizationId));
  return items;
});

/** A project of the organization. What is not there, or not theirs, does not exist: 404. */
export async function requireProject(organizationId: string, projectId: string): Promise<ProjectView> {
  const projects = await readProjects(organizationId);
  return projects.find((project) => project.id === projectId) ?? notFound();
}
