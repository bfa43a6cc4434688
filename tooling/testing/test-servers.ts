import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { root } from '../paths.ts';
import { newRolePasswords, type RolePasswords } from '../product/database-roles.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { createSupervisor } from '../process/supervisor.ts';
import { removePostgresData, startPostgres } from '../services/postgres.ts';
import { startRedis } from '../services/redis.ts';

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

/** Starts a private Postgres and Redis on free ports with data in a temporary folder, gone after `stop`. */
export async function startTestServers(log: (text: string) => void): Promise<TestServers> {
  const folder = makeTemporaryFolder('test');
  const supervisor = createSupervisor();
  const { launch } = supervisor.stage('storage');
  const stop = async () => {
    await supervisor.stopAll();
    removePostgresData(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), isDurable: false, launch, log });
    const redis = await startRedis({
      dataDir: join(folder, 'redis'),
      isDurable: false,
      databases: redisDatabases,
      launch,
      log,
    });
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
