import type { MembershipView, OrganizationView, ProjectView } from '@turnpike/contracts/organizations';
import { permissionsOf } from '@turnpike/core/access/roles';
import { renderId } from '@turnpike/core/ids';
import type { OrganizationRecord } from '@turnpike/db/organizations';
import type { ProjectRecord } from '@turnpike/db/projects';
import type { Membership } from '@turnpike/db/users';

/** An organization as its members see it. */
export function renderOrganization(organization: OrganizationRecord): OrganizationView {
  return {
    id: renderId('organization', organization.id),
    name: organization.name,
    status: organization.status,
    allowsUnlistedModels: organization.allowsUnlistedModels,
    createdAt: new Date(organization.createdAtMs).toISOString(),
  };
}

/** A membership with what its role allows, so that pages can leave out what would be refused. */
export function renderMembership({ memberId, role, organization }: Membership): MembershipView {
  return {
    memberId: renderId('member', memberId),
    role,
    permissions: [...permissionsOf(role)],
    organization: renderOrganization(organization),
  };
}

/** A project as callers see it. */
export function renderProject(project: ProjectRecord): ProjectView {
  return {
    id: renderId('project', project.id),
    name: project.name,
    isDefault: project.isDefault,
    createdAt: new Date(project.createdAtMs).toISOString(),
  };
}
