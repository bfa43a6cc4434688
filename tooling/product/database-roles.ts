import { randomBytes } from 'node:crypto';

/** The roles that processes log in as; `roles.ts` of the db package has the same. */
export const roles = ['app', 'meter', 'worker', 'operator', 'dashboard'] as const;
export type Role = (typeof roles)[number];
export type RolePasswords = Readonly<Record<Role, string>>;

const passwordBytes = 18;

/** New random passwords for all roles. */
export function newRolePasswords(): RolePasswords {
  const password = () => randomBytes(passwordBytes).toString('base64url');
  return { app: password(), meter: password(), worker: password(), operator: password(), dashboard: password() };
}

/** Whether a value read from a file has a password for every role. */
export function isRolePasswords(value: unknown): value is RolePasswords {
  return (
    typeof value === 'object' && value !== null && roles.every((role) => typeof Reflect.get(value, role) === 'string')
  );
}

/** How the db package's `migrate` is told the roles' passwords. */
export function rolePasswordEnvironment(passwords: RolePasswords): Record<string, string> {
  return Object.fromEntries(roles.map((role) => [`ROLE_PASSWORD_${role.toUpperCase()}`, passwords[role]]));
}

/** The same database as one of the roles. */
export function urlForRole(ownerUrl: string, role: Role, passwords: RolePasswords): string {
  const url = new URL(ownerUrl);
  url.username = `turnpike_${role}`;
  url.password = passwords[role];
  return url.href;
}
