import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { sqlState } from './sql-error.ts';

/** The database roles that processes log in as; who may do what is in the migrations. */
export const loginRoles = ['app', 'meter', 'worker', 'operator', 'dashboard'] as const;

export type LoginRole = (typeof loginRoles)[number];

/** Every role that the migrations make. `definer` owns look-up functions and views and never logs in. */
export const allRoles = [...loginRoles, 'definer'] as const;

/** The role's name in the cluster. Roles are cluster-wide, so the name says whose they are. */
export function roleName(role: (typeof allRoles)[number]): string {
  return `turnpike_${role}`;
}

/** The same database as another role: `postgresql://turnpike_app:secret@host/db`. */
export function urlForRole(ownerUrl: string, role: LoginRole, password: string): string {
  const url = new URL(ownerUrl);
  url.username = roleName(role);
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * Throws a sentence that says what to do when roles are missing and the connected owner may not create them.
 */
export async function assertRolesPossible(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ owner: string; can_create: boolean; existing: string[]; is_definer: boolean }>(
    `SELECT current_user AS owner,
            (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS can_create,
            ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1)) AS existing,
            EXISTS (SELECT FROM pg_auth_members
                     WHERE roleid = (SELECT oid FROM pg_roles WHERE rolname = $2)
                       AND member = (SELECT oid FROM pg_roles WHERE rolname = current_user)) AS is_definer`,
    [allRoles.map(roleName), roleName('definer')],
  );
  const facts = rows[0];
  if (facts === undefined || facts.can_create) {
    return;
  }
  const missing = allRoles.map(roleName).filter((name) => !facts.existing.includes(name));
  if (missing.length > 0 || !facts.is_definer) {
    const statements = [
      ...missing.map((name) => `CREATE ROLE ${name} NOLOGIN;`),
      `GRANT ${roleName('definer')} TO "${facts.owner}";`,
    ];
    throw new Error(
      `The database user "${facts.owner}" may not create roles. Give it CREATEROLE, or run as an administrator: ` +
        `${statements.join(' ')} Then migrate again.`,
    );
  }
}

/**
 * Gives roles their login and password. A role without a password here stays as it is. The password leaves this
 * process only as a SCRAM verifier, so it cannot appear in the server's log.
 */
export async function setRoleLogins(
  client: pg.ClientBase,
  passwords: Readonly<Partial<Record<LoginRole, string>>>,
): Promise<readonly LoginRole[]> {
  const changed: LoginRole[] = [];
  for (const role of loginRoles) {
    const password = passwords[role];
    if (password !== undefined) {
      await alterRole(client, roleName(role), scramVerifier(password, randomBytes(16)));
      changed.push(role);
    }
  }
  return changed;
}

/** Roles are shared by all databases of a cluster, so two migrations of two databases may meet in the same row. */
const maxAttempts = 5;

async function alterRole(client: pg.ClientBase, name: string, verifier: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Neither the name (a constant) nor the verifier (base64 and digits) can hold a quote.
      await client.query(`ALTER ROLE ${name} LOGIN PASSWORD '${verifier}'`);
      return;
    } catch (cause) {
      const isConcurrentUpdate = sqlState(cause) === 'XX000' && attempt < maxAttempts;
      if (!isConcurrentUpdate) {
        throw new Error(
          sqlState(cause) === '42501'
            ? `This database user may not set the password of role ${name}. Let an administrator do it, or leave the password of that role unset here.`
            : `The login of role ${name} could not be set.`,
          { cause },
        );
      }
    }
  }
}

const scramIterations = 4096;

/** The form in which Postgres keeps a password (RFC 5803). Throws RangeError for characters that would need SASLprep. */
export function scramVerifier(password: string, salt: Uint8Array): string {
  if (!/^[\x21-\x7e]{1,256}$/.test(password)) {
    throw new RangeError('The password of a database role has 1 to 256 visible ASCII characters.');
  }
  const salted = pbkdf2Sync(password, salt, scramIterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${scramIterations}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`;
}
