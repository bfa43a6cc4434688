import { describe, expect, it } from 'vitest';

import { permissions, permissionsOf, roles, type Permission, type Role } from './roles.ts';

/** Written out on purpose: a permission that moves between roles must be seen in a review. */
const expected: Readonly<Record<Permission, readonly Role[]>> = {
  'organization.read': ['owner', 'admin', 'developer', 'finance', 'viewer'],
  'organization.update': ['owner', 'admin'],
  'project.read': ['owner', 'admin', 'developer', 'finance', 'viewer'],
  'project.create': ['owner', 'admin'],
  'project.update': ['owner', 'admin'],
  'api_key.read': ['owner', 'admin', 'developer', 'viewer'],
  'api_key.create': ['owner', 'admin', 'developer'],
  'api_key.update': ['owner', 'admin', 'developer'],
  'api_key.delete': ['owner', 'admin', 'developer'],
  'management_key.manage': ['owner', 'admin'],
  'usage.read': ['owner', 'admin', 'developer', 'finance', 'viewer'],
  'balance.read': ['owner', 'admin', 'developer', 'finance'],
};

describe('permissionsOf', () => {
  it.each(permissions)('gives %s to exactly the roles that the table names', (permission) => {
    expect(roles.filter((role) => permissionsOf(role).has(permission))).toStrictEqual(expected[permission]);
  });
});
