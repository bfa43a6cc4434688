import type { ProjectListView, ProjectView } from '@turnpike/contracts/organizations';
import { assertMay, confinedProjectId } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { ProjectId } from '@turnpike/core/ids';
import { renderProject } from '../organizations/render-organization.ts';
import type { ReadContext } from '../read-context.ts';

/** Lists the active projects within the actor's reach, the default one first. Throws GatewayError `access_denied`. */
export async function listProjects({ actor, readers }: ReadContext): Promise<ProjectListView> {
  assertMay(actor, 'project.read');
  const confinement = confinedProjectId(actor);
  const projects = await readers.projects.list();
  const own = projects.filter(({ id }) => confinement === undefined || id === confinement);
  return { items: own.map(renderProject), nextCursor: null };
}

/** Reads one project. Throws GatewayError `access_denied`, and `not_found` for one outside the actor's reach. */
export async function getProject({ actor, readers }: ReadContext, id: ProjectId): Promise<ProjectView> {
  assertMay(actor, 'project.read', id);
  const project = await readers.projects.find(id);
  if (project === undefined) {
    throw new GatewayError('not_found', 'There is no such project.');
  }
  return renderProject(project);
}
