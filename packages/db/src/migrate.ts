import pg from 'pg';
import { assertRolesPossible, setRoleLogins, type LoginRole } from './roles.ts';
import { withSchemaEngine, type Engine, type MigrationList } from './schema-engine.ts';
import { readMigrations, readSchemaFiles } from './schema-files.ts';
import { sqlState } from './sql-error.ts';

export interface MigrateOptions {
  /** Connects as the owner of the tables, directly: not through a pooler in transaction mode. */
  readonly url: string;
  /** Roles that get a login; the others stay as they are. */
  readonly rolePasswords?: Readonly<Partial<Record<LoginRole, string>>>;
  /** Defaults to the repository's `prisma/migrations`. */
  readonly migrationsFolder?: string;
}

export interface MigrateResult {
  readonly applied: readonly string[];
  readonly createdPartitions: number;
  readonly rolesWithLogin: readonly LoginRole[];
}

/** Nothing that we use is newer; security and performance fixes make older ones a bad idea anyway. */
const minServerVersion = 150_000;
const partitionMonthsAhead = 2;
/** "turnpike" in base 36 digits, cut to 53 bits: any number does, if it is always the same. */
const migrationLock = 2_308_217_462_412;
const lockTimeoutMs = 120_000;
const noFilters = { externalTables: [], externalEnums: [] };

/**
 * Brings the database to the newest migration, then makes partitions and logins. Safe to run twice and by several
 * processes at once: the second waits for the first. Throws an Error whose message says what to do.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const migrations = await readMigrations(options.migrationsFolder);
  const schema = await readSchemaFiles();
  const pool = new pg.Pool({ connectionString: options.url, max: 2, application_name: 'turnpike-migrate' });
  try {
    const client = await connect(pool);
    try {
      await assertServerVersion(client);
      // The lock lives in a transaction of its own connection: it ends when this process does, however it ends.
      await client.query('BEGIN');
      await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
      await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
      await assertRolesPossible(client);
      const applied = await withSchemaEngine(options.url, schema, (engine) => apply(engine, migrations, pool));
      await client.query('COMMIT');
      const { rows } = await client.query<{ created: number }>('SELECT app.ensure_usage_partitions($1) AS created', [
        partitionMonthsAhead,
      ]);
      const rolesWithLogin = await setRoleLogins(client, options.rolePasswords ?? {});
      return { applied, createdPartitions: rows[0]?.created ?? 0, rolesWithLogin };
    } finally {
      client.release(true);
    }
  } finally {
    await pool.end();
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new Error(describeConnectFailure(cause), { cause });
  }
}

function describeConnectFailure(cause: unknown): string {
  switch (sqlState(cause)) {
    case '3D000':
      return 'The database named in the URL does not exist. Create it and migrate again.';
    case '28P01':
    case '28000':
      return 'Postgres refused the user or password in the URL.';
    case undefined:
    default:
      return 'Postgres cannot be reached at the URL. Is it running?';
  }
}

async function assertServerVersion(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  const version = Number(rows[0]?.server_version_num);
  if (version < minServerVersion) {
    throw new Error(`Postgres ${Math.trunc(version / 10_000)} is too old: Turnpike needs 15 or newer.`);
  }
}

async function apply(engine: Engine, migrations: MigrationList, pool: pg.Pool): Promise<readonly string[]> {
  const state = await engine.diagnoseMigrationHistory({
    migrationsList: migrations,
    optInToShadowDatabase: false,
    filters: noFilters,
  });
  // One that failed left nothing behind; its text may be corrected.
  const edited = state.editedMigrationNames.filter((name) => !state.failedMigrationNames.includes(name));
  if (edited.length > 0) {
    throw new Error(
      `These migrations were edited after they were applied: ${edited.join(', ')}. ` +
        'Restore their text and put the change into a new migration.',
    );
  }
  if (state.history !== null && state.history.diagnostic !== 'databaseIsBehind') {
    throw new Error(
      `The database has migrations that this version does not know: ${state.history.unpersistedMigrationNames.join(', ')}. ` +
        'It was migrated by a newer version; run that one.',
    );
  }
  for (const name of state.failedMigrationNames) {
    await rollBackFailed(engine, name, pool);
  }
  const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: migrations, filters: noFilters });
  return appliedMigrationNames;
}

/**
 * A script runs as one transaction, so a migration with an error in its log left nothing behind and may run again. One
 * without was cut off between its commit and the note of it; only a person can see whether it was applied.
 */
async function rollBackFailed(engine: Engine, migrationName: string, pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ logs: string | null }>(
    'SELECT logs FROM _prisma_migrations WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL',
    [migrationName],
  );
  if (rows.some(({ logs }) => logs === null || logs === '')) {
    throw new Error(
      `Migration ${migrationName} was interrupted. Look whether its changes are there; then set finished_at (they are) or ` +
        'rolled_back_at (they are not) in its row of _prisma_migrations, and migrate again.',
    );
  }
  await engine.markMigrationRolledBack({ migrationName });
}
