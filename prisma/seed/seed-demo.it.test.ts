import { createHmac, randomBytes } from 'node:crypto';
import { parseApiKey } from '@turnpike/core/access/api-key';
import { parseId } from '@turnpike/core/ids';
import { createDatabase, type Database } from '@turnpike/db/client';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoFacts } from './demo-facts.ts';
import { seedDemo, type SeedTools } from './seed-demo.ts';

let testDatabase: TestDatabase;
let database: Database;
let facts: DemoFacts;

const tools: SeedTools = {
  digestApiKey: (key) => createHmac('sha256', 'pepper').update(key).digest(),
  hashPassword: async (password) => `hash of ${password}`,
  randomBytes: (size) => randomBytes(size),
};

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.urls.app, poolSize: 2, applicationName: 'test-seed' });
  facts = await seedDemo(database, tools, undefined);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const hashOf = async () => (await database.findUserByEmail(facts.email))?.passwordHash;

test('the demo has an organization with credit, open to unlisted models, and a key of each kind that works', async () => {
  const organizationId = parseId('organization', facts.organizationId);
  expect(organizationId).toBeDefined();
  const kinds = [];
  for (const key of [facts.apiKey, facts.testKey, facts.managementKey]) {
    const principal = await database.findPrincipal(tools.digestApiKey(key));
    expect(principal).toMatchObject({ organizationId, status: 'active', allowsUnlistedModels: true });
    kinds.push([parseApiKey(key)?.kind, principal?.kind, principal?.mode]);
  }
  expect(kinds).toEqual([
    ['live', 'inference', 'live'],
    ['test', 'inference', 'test'],
    ['management', 'management', 'live'],
  ]);
  expect(await hashOf()).toBe(`hash of ${facts.password}`);
  const state = organizationId && (await database.forOrganization(organizationId).ledger.accountState());
  expect(state).toMatchObject({ postedNanoUsd: 25_000_000_000n, unpostedUsageNanoUsd: 0n });
});

test('seeding again with what was printed before changes nothing', async () => {
  expect(await seedDemo(database, tools, facts)).toEqual(facts);
  expect(await hashOf()).toBe(`hash of ${facts.password}`);
});

test('seeding again without it gives the same organization new secrets that work', async () => {
  const again = await seedDemo(database, tools, undefined);
  expect(again).toMatchObject({ organizationId: facts.organizationId, projectId: facts.projectId });
  expect(again.apiKey).not.toBe(facts.apiKey);
  expect(await database.findPrincipal(tools.digestApiKey(again.apiKey))).toMatchObject({ status: 'active' });
  expect(await hashOf()).toBe(`hash of ${again.password}`);
});

test('a key that was revoked is replaced, and the others stay', async () => {
  const before = await seedDemo(database, tools, undefined);
  const principal = await database.findPrincipal(tools.digestApiKey(before.testKey));
  if (principal === undefined) throw new Error('The test key is not there.');
  const { organizationId, apiKeyId } = principal;
  await database
    .forOrganization(organizationId)
    .apiKeys.revoke(apiKeyId, { actor: { type: 'system', organizationId, name: 'test' }, ip: undefined });
  const after = await seedDemo(database, tools, before);
  expect(after).toEqual({ ...before, testKey: after.testKey });
  expect(after.testKey).not.toBe(before.testKey);
});
