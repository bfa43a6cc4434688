import pg from 'pg';
import './provided.ts';

/** Every test database is a copy of this one. Nobody may be connected to it while a copy is made. */
export const templateName = 'turnpike_template';

/** Runs one statement in the database of `url`. */
export async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The same server and login, another database. */
export function withDatabase(url: string, name: string): string {
  const result = new URL(url);
  result.pathname = `/${name}`;
  return result.href;
}

/** Makes the empty template on a server and returns its URL, to be migrated. */
export async function createTemplateDatabase(ownerUrl: string): Promise<string> {
  await execute(ownerUrl, `CREATE DATABASE ${templateName}`);
  return withDatabase(ownerUrl, templateName);
}

/** How long connections that are being closed may take: an ended pool resolves before the server has seen its last goodbye. */
const closingMs = 2_000;
const retryMs = 50;
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: object_in_use. */
const objectInUse = '55006';

/**
 * Drops a database of the server, and waits a moment for connections that are just closing: to end them by force would
 * be an error in whoever is closing them. After that moment it does use force.
 */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const forceAtMs = performance.now() + closingMs;
  for (;;) {
    const isForced = performance.now() >= forceAtMs;
    try {
      await execute(serverUrl, `DROP DATABASE IF EXISTS ${name}${isForced ? ' WITH (FORCE)' : ''}`);
      return;
    } catch (error) {
      if (isForced || !(error instanceof pg.DatabaseError) || error.code !== objectInUse) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}
