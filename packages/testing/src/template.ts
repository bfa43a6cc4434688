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
