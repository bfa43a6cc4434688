import { GatewayError } from '../errors.ts';
import type { ApiKeyId, MemberId, OrganizationId, ProjectId, UserId } from '../ids.ts';
import type { Permission, Role } from './roles.ts';
import { permissionsOf } from './roles.ts';

/** A person acting in one of the organizations that they belong to. */
export interface MemberActor {
  readonly type: 'member';
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly memberId: MemberId;
  readonly role: Role;
}

/** A management key. It acts in the project that it was made in and nowhere else. */
export interface ManagementKeyActor {
  readonly type: 'management_key';
  readonly organizationId: OrganizationId;
  readonly projectId: ProjectId;
  readonly apiKeyId: ApiKeyId;
}

/** Turnpike itself, e.g. a job or the seed. */
export interface SystemActor {
  readonly type: 'system';
  readonly organizationId: OrganizationId;
  readonly name: string;
}

/** Who does something in the control plane, always in one organization. */
export type Actor = MemberActor | ManagementKeyActor | SystemActor;

/** A management key cannot mint another one: what leaks can then be revoked for good. */
const managementKeyPermissions: ReadonlySet<Permission> = new Set<Permission>([
  'organization.read',
  'project.read',
  'api_key.read',
  'api_key.create',
  'api_key.update',
  'api_key.delete',
  'usage.read',
]);

/**
 * The one project an actor is confined to; undefined = every project of its organization. Lists filter by it, so
 * that what an actor may not open it cannot see either.
 */
export function confinedProjectId(actor: Actor): ProjectId | undefined {
  return actor.type === 'management_key' ? actor.projectId : undefined;
}

/** Whether an actor may do something at all, leaving aside in which project. */
export function hasPermission(actor: Actor, permission: Permission): boolean {
  if (actor.type === 'system') {
    return true;
  }
  const granted = actor.type === 'member' ? permissionsOf(actor.role) : managementKeyPermissions;
  return granted.has(permission);
}

/**
 * Refuses what an actor may not do. Throws GatewayError `access_denied` for a missing permission, and `not_found`
 * for a project outside the actor's reach: what is not his does not exist for him.
 */
export function assertMay(actor: Actor, permission: Permission, projectId?: ProjectId): void {
  if (!hasPermission(actor, permission)) {
    throw new GatewayError('access_denied', `Your role does not include ${permission}. Ask an owner or admin for it.`, {
      metadata: { permission },
    });
  }
  const confinement = confinedProjectId(actor);
  if (projectId !== undefined && confinement !== undefined && confinement !== projectId) {
    throw new GatewayError('not_found', 'There is no such project.');
  }
}
