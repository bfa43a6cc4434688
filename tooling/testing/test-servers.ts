import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { root } from '../paths.ts';
import { createLeash } from '../process/leash.ts';
import { removePostgresData, startPostgres } from '../services/postgres.ts';
import { startRedis } from '../services/redis.ts';

/** The roles that processes log in as; `roles.ts` of the db package has the same. */
export const roles = ['app', 'meter', 'worker', 'operator', 'dashboard'] as const;
export type Role = (typeof roles)[number];
export type RolePasswords = Readonly<Record<Role, string>>;

export interface TestServers {
  /** Of the database `turnpike`; others are made beside it. */
  readonly postgresOwnerUrl: string;
  readonly redisUrl: string;
  readonly redisDatabases: number;
  readonly rolePasswords: RolePasswords;
  stop(): Promise<void>;
}

/** So many test files can hold a logical database of their own at a time. */
const redisDatabases = 512;

/** New random passwords for all roles. */
export function newRolePasswords(): RolePasswords {
  const password = () => randomBytes(18).toString('base64url');
  return { app: password(), meter: password(), worker: password(), operator: password(), dashboard: password() };
}

/** How the db package's `migrate` is told the roles' passwords. */
export function rolePasswordEnvironment(passwords: RolePasswords): Record<string, string> {
  return Object.fromEntries(roles.map((role) => [`ROLE_PASSWORD_${role.toUpperCase()}`, passwords[role]]));
}

/** Starts a private Postgres and Redis on free ports with data in a temporary folder, gone after `stop`. */
export async function startTestServers(log: (text: string) => void): Promise<TestServers> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-test-'));
  const leash = createLeash();
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
    leash.close();
    removePostgresData(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), isDurable: false, leash, log });
    started.push(postgres);
    const redis = await startRedis({
      dataDir: join(folder, 'redis'),
      isDurable: false,
      databases: redisDatabases,
      leash,
      log,
    });
    started.push(redis);
    return {
      postgresOwnerUrl: postgres.ownerUrl,
      redisUrl: redis.url,
      redisDatabases,
      rolePasswords: newRolePasswords(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Runs the db package's command line (`migrate`, `diff`) from its source. Throws a `Failure` with what it printed when it
 * fails; returns what it printed otherwise.
 */
export function runDatabaseCommand(
  command: 'migrate' | 'diff',
  ownerUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--conditions=@turnpike/source', join(root, 'packages', 'db', 'src', 'main.ts'), command],
      {
        cwd: root,
        env: { ...process.env, DATABASE_URL: ownerUrl, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    const collect = (piece: Buffer) => {
      output += piece.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output.trim());
      else reject(new Failure(output.trim() === '' ? `The database command "${command}" failed.` : output.trim()));
    });
  });
}
