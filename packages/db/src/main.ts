import { findDrift } from './diff.ts';
import { migrate } from './migrate.ts';
import { loginRoles, type LoginRole } from './roles.ts';

/**
 * `node --conditions=@turnpike/source packages/db/src/main.ts <command>`
 *   migrate  applies what is missing, makes partitions, gives logins to the roles whose ROLE_PASSWORD_<ROLE> is set
 *   diff     prints the SQL between the database and prisma/schema and exits 1 when there is any
 * DIRECT_DATABASE_URL, or else DATABASE_URL, connects as the owner of the tables.
 */
async function run(command: string | undefined, env: Readonly<NodeJS.ProcessEnv>): Promise<number> {
  const url = env['DIRECT_DATABASE_URL'] ?? env['DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new Error('DATABASE_URL (or DIRECT_DATABASE_URL) is not set.');
  }
  switch (command) {
    case 'migrate': {
      const { applied, createdPartitions, rolesWithLogin } = await migrate({ url, rolePasswords: rolePasswords(env) });
      print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
      print(`New partitions: ${createdPartitions}. Roles with a login: ${rolesWithLogin.join(', ') || 'unchanged'}.`);
      return 0;
    }
    case 'diff': {
      const drift = await findDrift(url);
      print(drift === '' ? 'The database and prisma/schema agree.' : drift);
      return drift === '' ? 0 : 1;
    }
    case undefined:
    default:
      throw new Error('Say "migrate" or "diff".');
  }
}

function rolePasswords(env: Readonly<NodeJS.ProcessEnv>): Partial<Record<LoginRole, string>> {
  const passwords: Partial<Record<LoginRole, string>> = {};
  for (const role of loginRoles) {
    const password = env[`ROLE_PASSWORD_${role.toUpperCase()}`];
    if (password !== undefined && password !== '') {
      passwords[role] = password;
    }
  }
  return passwords;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await run(process.argv[2], process.env);
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${cause}\n`);
  process.exitCode = 1;
}

// The engine's own lock timeout is a timer of ten seconds that it never clears, and that would keep us here.
process.exit();
