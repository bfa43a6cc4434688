import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectedFunctionAccess,
  expectedSecretColumns,
  expectedTableAccess,
  expectedViews,
  hiddenColumns,
} from './fixtures/expected-access.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { allRoles, roleName } from './roles.ts';

let databases: TestDatabases;

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

afterAll(async () => {
  await databases.close();
});

const verbs = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] as const;
const letters: Readonly<Record<(typeof verbs)[number], string>> = {
  SELECT: 'S',
  INSERT: 'I',
  UPDATE: 'U',
  DELETE: 'D',
  TRUNCATE: 'T',
  REFERENCES: 'R',
  TRIGGER: 'X',
};

/** What each role may do to each relation of a schema, asked of Postgres verb by verb. */
async function accessTo(schema: string): Promise<Record<string, Record<string, string>>> {
  const { rows } = await databases.owner.query<{ relation: string; role: string; verb: (typeof verbs)[number] }>(
    `SELECT c.relname AS relation, r.role, v.verb
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      CROSS JOIN unnest($2::text[]) AS r (role) CROSS JOIN unnest($3::text[]) WITH ORDINALITY AS v (verb, position)
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm')
        AND (has_table_privilege('turnpike_' || r.role, c.oid, v.verb)
             OR (v.verb <> 'DELETE' AND v.verb <> 'TRUNCATE' AND v.verb <> 'TRIGGER'
                 AND has_any_column_privilege('turnpike_' || r.role, c.oid, v.verb)))
      ORDER BY v.position`,
    [schema, allRoles, verbs],
  );
  const { rows: relations } = await databases.owner.query<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p', 'v', 'm')`,
    [schema],
  );
  const access: Record<string, Record<string, string>> = Object.fromEntries(
    relations.map(({ relname }) => [relname, {}]),
  );
  for (const { relation, role, verb } of rows) {
    const roles = (access[relation] ??= {});
    roles[role] = (roles[role] ?? '') + letters[verb];
  }
  return access;
}

test('every role may do to every table exactly what the committed table says', async () => {
  expect(await accessTo('public')).toEqual(expectedTableAccess);
});

test('role dashboard may select from the listed views, and nobody else may touch them', async () => {
  const expected = Object.fromEntries(
    // The definer owns the views: that is whose rights they run with.
    expectedViews.map((view) => [view, { dashboard: 'S', definer: 'SIUDTRX' }]),
  );
  expect(await accessTo('dashboard')).toEqual(expected);
});

test('nobody may touch a partition past its parent', async () => {
  const access = await accessTo('partitions');
  expect(Object.keys(access).length).toBeGreaterThanOrEqual(4);
  expect(Object.values(access).every((roles) => Object.keys(roles).length === 0)).toBe(true);
});

test('every function may be called exactly by those whom the committed table names', async () => {
  const { rows } = await databases.owner.query<{ name: string; callers: string[] }>(
    `SELECT p.proname AS name,
            ARRAY(SELECT r FROM unnest($1::text[]) AS r WHERE has_function_privilege('turnpike_' || r, p.oid, 'EXECUTE') ORDER BY r) AS callers
       FROM pg_proc p WHERE p.pronamespace = 'app'::regnamespace ORDER BY p.proname`,
    [allRoles],
  );
  expect(Object.fromEntries(rows.map(({ name, callers }) => [name, callers]))).toEqual(expectedFunctionAccess);
});

test('every function has a fixed search path', async () => {
  const { rows } = await databases.owner.query(
    `SELECT proname FROM pg_proc WHERE pronamespace = 'app'::regnamespace
        AND NOT coalesce('search_path=""' = ANY (proconfig), false)`,
  );
  expect(rows).toEqual([]);
});

test('every table with rows of tenants or people forces row-level security, also on its owner', async () => {
  const { rows } = await databases.owner.query(
    `SELECT c.relname FROM pg_class c
      WHERE c.relnamespace IN ('public'::regnamespace, 'partitions'::regnamespace) AND c.relkind IN ('r', 'p')
        AND (c.relname IN ('organization', 'app_user', 'session')
             OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'))
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
  );
  expect(rows).toEqual([]);
});

test('password hashes and digests are readable by the listed roles alone', async () => {
  const readers: Record<string, readonly string[]> = {};
  for (const column of Object.keys(expectedSecretColumns)) {
    const [table, name] = column.split('.');
    const { rows } = await databases.owner.query<{ role: string }>(
      `SELECT r AS role FROM unnest($1::text[]) WITH ORDINALITY AS r (r, position)
        WHERE has_column_privilege('turnpike_' || r, $2, $3, 'SELECT') ORDER BY position`,
      [allRoles, table, name],
    );
    readers[column] = rows.map(({ role }) => role);
  }
  expect(readers).toEqual(expectedSecretColumns);
});

test('no view of the dashboard shows a digest, a hash or what we owe providers', async () => {
  const { rows } = await databases.owner.query(
    `SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = 'dashboard' AND column_name = ANY ($1)`,
    [hiddenColumns],
  );
  expect(rows).toEqual([]);
});

test('every view over rows of tenants is filtered by the session and hides rows from functions of the query', async () => {
  const { rows } = await databases.owner.query(
    `SELECT c.relname FROM pg_class c
      WHERE c.relnamespace = 'dashboard'::regnamespace AND c.relkind = 'v'
        AND (c.relname = 'app_user' OR EXISTS (
              SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('organization_id', 'billing_mode')))
        AND NOT (pg_get_viewdef(c.oid) LIKE '%my_organizations%' AND 'security_barrier=true' = ANY (c.reloptions))`,
  );
  expect(rows).toEqual([]);
});

test('no role of a process is above row-level security or may make roles', async () => {
  const { rows } = await databases.owner.query(
    `SELECT rolname FROM pg_roles
      WHERE rolname = ANY ($1) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`,
    [allRoles.map(roleName)],
  );
  expect(rows).toEqual([]);
});

test('no table has an id that the database would make', async () => {
  const { rows } = await databases.owner.query(
    `SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type = 'uuid' AND column_default IS NOT NULL`,
  );
  expect(rows).toEqual([]);
});
