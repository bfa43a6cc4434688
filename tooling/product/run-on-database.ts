import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../bootstrap/lock.mjs';
import { Failure } from '../failure.ts';
import { localFolder } from '../paths.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { createSupervisor } from '../process/supervisor.ts';
import { removePostgresData, startPostgres } from '../services/postgres.ts';
import { runDatabaseCommand } from '../testing/test-servers.ts';
import { rolePasswordEnvironment } from './database-roles.ts';
import { keptSecrets } from './secrets.ts';
import { dataFolders } from './start-product.ts';

async function print(
  command: 'migrate' | 'diff',
  ownerUrl: string,
  environment?: Record<string, string>,
): Promise<void> {
  process.stdout.write(`${await runDatabaseCommand(command, ownerUrl, environment)}\n`);
}

/** Migrates the data of `npm start`, whose server runs only while the product does. */
async function migrateLocalData(): Promise<void> {
  const lock = tryLock(join(localFolder, 'start.lock'));
  if (!('release' in lock))
    throw new Failure('Turnpike runs from this checkout and migrated its database when it started. Stop it first.');
  const supervisor = createSupervisor();
  try {
    const { launch } = supervisor.stage('storage');
    const { ownerUrl } = await startPostgres({ dataDir: dataFolders(localFolder).postgres, launch, log: () => {} });
    const { rolePasswords } = keptSecrets(join(localFolder, 'secrets.json'));
    await print('migrate', ownerUrl, rolePasswordEnvironment(rolePasswords));
  } finally {
    await supervisor.stopAll();
    lock.release();
  }
}

/**
 * Compares a new database that holds nothing but the migrations with prisma/schema. Throws a `Failure` with the SQL
 * between them when a migration is missing.
 */
export async function diffNewDatabase(): Promise<string> {
  const dataDir = makeTemporaryFolder('diff');
  const supervisor = createSupervisor();
  try {
    const { launch } = supervisor.stage('storage');
    const { ownerUrl } = await startPostgres({ dataDir, isDurable: false, launch, log: () => {} });
    await runDatabaseCommand('migrate', ownerUrl);
    return await runDatabaseCommand('diff', ownerUrl);
  } finally {
    await supervisor.stopAll();
    removePostgresData(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Runs `migrate` or `diff` on the database of DATABASE_URL, or on one of our own. Returns the exit code. */
export async function runOnDatabase(command: 'migrate' | 'diff'): Promise<number> {
  const given = process.env.DIRECT_DATABASE_URL || process.env.DATABASE_URL;
  if (given !== undefined && given !== '') await print(command, given);
  else if (command === 'migrate') await migrateLocalData();
  else process.stdout.write(`${await diffNewDatabase()}\n`);
  return 0;
}
