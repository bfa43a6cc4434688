import { roles, rolePasswordEnvironment } from '@turnpike/tooling/database-roles';
import { runDatabaseCommand, startTestServers } from '@turnpike/tooling/test-servers';
import { createTemplateDatabase } from '@turnpike/testing/template';
import type { TestProject } from 'vitest/node';

/**
 * Once per run of the integration tests: a private Postgres and Redis on free ports, never those of `npm start`, and one
 * migrated database from which every test file gets a copy.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = await startTestServers(() => {});
  try {
    const templateUrl = await createTemplateDatabase(servers.postgresOwnerUrl);
    await runDatabaseCommand('migrate', templateUrl, rolePasswordEnvironment(servers.rolePasswords));
  } catch (error) {
    await servers.stop();
    throw error;
  }
  project.provide('postgresOwnerUrl', servers.postgresOwnerUrl);
  project.provide('rolePasswords', Object.fromEntries(roles.map((role) => [role, servers.rolePasswords[role]])));
  project.provide('redis', { url: servers.redisUrl, databases: servers.redisDatabases });
  return () => servers.stop();
}
