import { Controller } from '@nestjs/common';
import { operations } from '@turnpike/contracts/operations';
import type { ProjectListView, ProjectView } from '@turnpike/contracts/organizations';
import { createProject, updateProject } from '@turnpike/control/projects/change-projects';
import { getProject, listProjects } from '@turnpike/control/projects/read-projects';
import type { ControlContext } from '@turnpike/control/services';
import { Implements } from '../http/operation.decorator.ts';
import { Context, Input } from '../http/request-context.decorator.ts';
import type { InputOf } from '../http/validate-input.ts';

@Controller()
export class ProjectsController {
  @Implements(operations.listProjects)
  list(@Context() context: ControlContext): Promise<ProjectListView> {
    return listProjects(context);
  }

  @Implements(operations.createProject)
  create(
    @Context() context: ControlContext,
    @Input() { body }: InputOf<typeof operations.createProject>,
  ): Promise<ProjectView> {
    return createProject(context, body);
  }

  @Implements(operations.getProject)
  get(
    @Context() context: ControlContext,
    @Input() { params }: InputOf<typeof operations.getProject>,
  ): Promise<ProjectView> {
    return getProject(context, params.projectId);
  }

  @Implements(operations.updateProject)
  update(
    @Context() context: ControlContext,
    @Input() { params, body }: InputOf<typeof operations.updateProject>,
  ): Promise<ProjectView> {
    return updateProject(context, params.projectId, body);
  }
}
