import type { CreateProjectInput, ProjectView, UpdateProjectInput } from '@turnpike/contracts/organizations';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { ProjectId } from '@turnpike/core/ids';
import type { ProjectChange } from '@turnpike/db/projects';
import { renderProject } from '../organizations/render-organization.ts';
import type { ControlContext } from '../services.ts';

/** Creates a project. Throws GatewayError `access_denied`, and `conflict` for a name that is taken. */
export async function createProject(context: ControlContext, { name }: CreateProjectInput): Promise<ProjectView> {
  const { actor, database } = context;
  assertMay(actor, 'project.create');
  return toView(await database.forOrganization(actor.organizationId).projects.create(name, context));
}

/** Renames a project. Throws GatewayError `access_denied`, `not_found`, and `conflict` for a name that is taken. */
export async function updateProject(
  context: ControlContext,
  id: ProjectId,
  { name }: UpdateProjectInput,
): Promise<ProjectView> {
  const { actor, database } = context;
  assertMay(actor, 'project.update', id);
  return toView(await database.forOrganization(actor.organizationId).projects.rename(id, name, context));
}

function toView(change: ProjectChange): ProjectView {
  switch (change.outcome) {
    case 'done':
      return renderProject(change.project);
    case 'name-taken':
      throw new GatewayError('conflict', 'name: Another project of this organization has this name.', {
        param: 'name',
      });
    case 'not-found':
      throw new GatewayError('not_found', 'There is no such project.');
    default:
      return change satisfies never;
  }
}
