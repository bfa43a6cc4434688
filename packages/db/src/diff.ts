import pg from 'pg';
import { withSchemaEngine } from './schema-engine.ts';
import { readSchemaFiles } from './schema-files.ts';

/**
 * The SQL that would bring the database at `url` (as its owner) to `prisma/schema`; empty when they agree. Makes next
 * month's partitions first, so that a partition can never look like drift. Throws when the database cannot be read.
 */
export async function findDrift(url: string): Promise<string> {
  const files = [...(await readSchemaFiles())];
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'turnpike-diff' });
  try {
    await pool.query('SELECT app.ensure_usage_partitions(2)');
    const { exitCode, stdout } = await withSchemaEngine(url, files, (engine) =>
      engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: '' },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: true,
        filters: { externalTables: [], externalEnums: [] },
      }),
    );
    return exitCode === 0 ? '' : (stdout ?? '').trim();
  } finally {
    await pool.end();
  }
}
