/** What a member may be. A custom role is a list of permissions and joins this list when custom roles do. */
export const roles = ['owner', 'admin', 'developer', 'finance', 'viewer'] as const;

export type Role = (typeof roles)[number];

/** Everything that can be allowed or refused in the management plane, as `thing.verb`. */
export const permissions = [
  'organization.read',
  'organization.update',
  'project.read',
  'project.create',
  'project.update',
  'api_key.read',
  'api_key.create',
  'api_key.update',
  'api_key.delete',
  'management_key.manage',
  'usage.read',
  'balance.read',
] as const;

export type Permission = (typeof permissions)[number];

const reading: readonly Permission[] = ['organization.read', 'project.read', 'api_key.read', 'usage.read'];

const permissionsByRole: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(permissions),
  admin: new Set(permissions),
  developer: new Set<Permission>([...reading, 'api_key.create', 'api_key.update', 'api_key.delete', 'balance.read']),
  finance: new Set<Permission>(['organization.read', 'project.read', 'usage.read', 'balance.read']),
  viewer: new Set(reading),
};

/** What a role may do. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return permissionsByRole[role];
}
