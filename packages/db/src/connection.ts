import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';

export interface ConnectionOptions {
  readonly url: string;
  /** Connections that this process may open. */
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** "dashboard" reads the views of the role of that name; everyone else "public". */
  readonly schema?: 'public' | 'dashboard';
}

/** One pool of connections, shared by the typed client and by hand-written SQL. */
export interface Connection {
  readonly pool: pg.Pool;
  /** Made on first use: its query compiler takes 80 MB, which a process that only runs SQL does without. */
  readonly prisma: PrismaClient;
  /** "dashboard" or "public": where unqualified names in hand-written SQL must be looked up. */
  readonly schema: 'public' | 'dashboard';
  close(): Promise<void>;
}

/** A statement that takes longer than this is a bug or a lock; the pool must not fill up behind it. */
const statementTimeoutMs = 30_000;
const connectTimeoutMs = 5_000;
const idleTimeoutMs = 60_000;

/** Opens nothing yet: connections are made on demand, and closed again when idle for a minute. */
export function createPool({ url, poolSize, applicationName }: ConnectionOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    // Sent with the query by the client, not as a SET: a pooler in transaction mode would give a SET to somebody else.
    query_timeout: statementTimeoutMs,
    keepAlive: true,
  });
  // An idle connection that the server closes is replaced on the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** A pool and the typed client on it. */
export function connect(options: ConnectionOptions): Connection {
  const schema = options.schema ?? 'public';
  const pool = createPool(options);
  let prisma: PrismaClient | undefined;
  return {
    pool,
    get prisma() {
      return (prisma ??= new PrismaClient({ adapter: new PrismaPg(pool, { schema }), errorFormat: 'minimal' }));
    },
    schema,
    close: async () => {
      await prisma?.$disconnect();
      await pool.end();
    },
  };
}

/** Reads `bigint` columns as BigInt, as the typed client does; everything else as the driver does. */
export const exactTypes: pg.CustomTypesConfig = {
  getTypeParser: (type: Parameters<typeof pg.types.getTypeParser>[0], format?: 'text' | 'binary') =>
    type === pg.types.builtins.INT8 && format !== 'binary' ? BigInt : pg.types.getTypeParser(type, format),
};

/** Runs `work` in a transaction of its own connection: committed when it resolves, rolled back when it rejects. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let isClean = false;
  try {
    await client.query('BEGIN');
    try {
      const result = await work(client);
      await client.query('COMMIT');
      isClean = true;
      return result;
    } catch (error) {
      // Told, the server gives its locks back now; a connection that is only closed keeps them until that is noticed.
      isClean = await client.query('ROLLBACK').then(
        () => true,
        () => false,
      );
      throw error;
    }
  } finally {
    // A connection whose transaction is in doubt is closed, not reused.
    client.release(!isClean);
  }
}
