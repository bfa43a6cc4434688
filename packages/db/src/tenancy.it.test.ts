import type { Id, RequestId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAttempt, makeTenant, newKey, type Tenant } from './fixtures/tenants.ts';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';
import { organizationRepositories, type OrganizationRepositories } from './tenant.ts';

/** What belongs to the other organization, and is asked for from ours. */
interface Foreign {
  readonly tenant: Tenant;
  readonly policyId: Id<'policy'>;
  readonly requestId: RequestId;
  readonly priceBookEntryId: string;
}

type Probe = (repositories: OrganizationRepositories, foreign: Foreign, own: Tenant) => Promise<unknown>;

/**
 * One probe per method of every repository: it asks, as our organization, for what is the other's. The type demands a
 * probe for every method, and a test demands one for every method at run time, so that a new one cannot be forgotten.
 */
type Probes = {
  readonly [Name in keyof OrganizationRepositories]: {
    readonly [Method in keyof OrganizationRepositories[Name]]: { readonly probe: Probe; readonly nothing: unknown };
  };
};

const span = { fromMs: Date.now() - 3_600_000, toMs: Date.now() + 3_600_000 };
const document = { strategy: 'cheapest' };
const noUsage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  audioInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  audioOutputTokens: 0,
  webSearches: 0,
};

const probes: Probes = {
  apiKeys: {
    list: {
      probe: (own, { tenant }) => own.apiKeys.list({ projectId: tenant.projectId, nowMs: Date.now(), limit: 100 }),
      nothing: [],
    },
    find: { probe: (own, { tenant }) => own.apiKeys.find(tenant.apiKeyId), nothing: undefined },
    findMany: { probe: (own, { tenant }) => own.apiKeys.findMany([tenant.apiKeyId]), nothing: [] },
    create: {
      probe: (own, { tenant }, { by }) => own.apiKeys.create(newKey(tenant.projectId), by),
      nothing: undefined,
    },
    update: {
      probe: (own, { tenant }, { by }) => own.apiKeys.update(tenant.apiKeyId, { name: 'Stolen', rateLimits: [] }, by),
      nothing: undefined,
    },
    enable: { probe: (own, { tenant }, { by }) => own.apiKeys.enable(tenant.apiKeyId, by), nothing: undefined },
    disable: { probe: (own, { tenant }, { by }) => own.apiKeys.disable(tenant.apiKeyId, by), nothing: undefined },
    revoke: { probe: (own, { tenant }, { by }) => own.apiKeys.revoke(tenant.apiKeyId, by), nothing: undefined },
    touchLastUsed: { probe: (own, { tenant }) => own.apiKeys.touchLastUsed([tenant.apiKeyId], Date.now()), nothing: 0 },
  },
  audit: {
    list: {
      probe: async (own, { tenant }) =>
        (await own.audit.list({ limit: 1_000 })).filter(({ targetId }) => targetId === tenant.apiKeyId),
      nothing: [],
    },
    // It verifies the chain of its own organization; one entry of the other in it would break it.
    verify: { probe: async (own) => (await own.audit.verify()).isIntact, nothing: true },
  },
  ledger: {
    // The other organization has spent; ours has only its credit.
    accountState: { probe: async (own) => (await own.ledger.accountState())?.postedUsageNanoUsd, nothing: 0n },
    list: {
      probe: async (own) =>
        (await own.ledger.list({ limit: 100 })).filter(({ sourceType }) => sourceType === 'usage_posting'),
      nothing: [],
    },
    accountFigures: { probe: async (own) => (await own.ledger.accountFigures())?.settledRequestIds, nothing: [] },
    deltasAfter: {
      probe: async (own) => (await own.ledger.deltasAfter(0n)).filter(({ unpostedNanoUsd }) => unpostedNanoUsd !== 0n),
      nothing: [],
    },
    grantTrialCredit: { probe: (own) => own.ledger.grantTrialCredit(nanoUsd(1n)), nothing: undefined },
  },
  members: {
    list: {
      probe: async (own, { tenant }) => (await own.members.list()).filter(({ userId }) => userId === tenant.userId),
      nothing: [],
    },
    find: { probe: (own, { tenant }) => own.members.find(tenant.memberId), nothing: undefined },
    findByUser: { probe: (own, { tenant }) => own.members.findByUser(tenant.userId), nothing: undefined },
  },
  organization: {
    find: { probe: async (own) => (await own.organization.find())?.name, nothing: 'Ours' },
    update: {
      probe: async (own, _, { by }) => (await own.organization.update({ name: 'Ours' }, by))?.name,
      nothing: 'Ours',
    },
  },
  policies: {
    list: { probe: (own) => own.policies.list(), nothing: [] },
    find: { probe: (own, { policyId }) => own.policies.find(policyId), nothing: undefined },
    findForProject: { probe: (own, { tenant }) => own.policies.findForProject(tenant.projectId), nothing: undefined },
    create: {
      probe: (own, { tenant }, { by }) =>
        own.policies.create({ name: 'Stolen', projectId: tenant.projectId, document }, by),
      nothing: { outcome: 'not-found' },
    },
    addVersion: {
      probe: (own, { policyId }, { by }) => own.policies.addVersion(policyId, { basedOnVersion: 1, document }, by),
      nothing: { outcome: 'not-found' },
    },
  },
  priceBook: {
    findEntry: { probe: (own, { priceBookEntryId }) => own.priceBook.findEntry(priceBookEntryId), nothing: undefined },
  },
  projects: {
    list: {
      probe: async (own, { tenant }) => (await own.projects.list()).filter(({ id }) => id === tenant.projectId),
      nothing: [],
    },
    find: { probe: (own, { tenant }) => own.projects.find(tenant.projectId), nothing: undefined },
    create: {
      probe: async (own, { tenant }, { by }) => {
        const change = await own.projects.create(`Probe ${newId()}`, by);
        return change.outcome === 'done' && change.project.organizationId === tenant.organizationId;
      },
      nothing: false,
    },
    rename: {
      probe: (own, { tenant }, { by }) => own.projects.rename(tenant.projectId, 'Stolen', by),
      nothing: { outcome: 'not-found' },
    },
  },
  rateLimits: {
    list: {
      probe: (own, { tenant }) => own.rateLimits.list({ scope: 'project', projectId: tenant.projectId }),
      nothing: [],
    },
    replace: {
      probe: (own, { tenant }, { by }) =>
        own.rateLimits.replace({ scope: 'project', projectId: tenant.projectId }, [], by),
      nothing: false,
    },
  },
  usage: {
    listCalls: {
      probe: (own) => own.usage.listCalls(span, { limit: 100 }),
      nothing: { calls: [], next: undefined },
    },
    findCall: { probe: (own, { requestId }) => own.usage.findCall(requestId), nothing: undefined },
    summarize: {
      probe: (own, { tenant }) => own.usage.summarize({ ...span, projectId: tenant.projectId }),
      nothing: {
        calls: 0,
        failedCalls: 0,
        usage: noUsage,
        chargeNanoUsd: 0n,
        durationP50Ms: undefined,
        durationP95Ms: undefined,
        firstContentP50Ms: undefined,
        firstContentP95Ms: undefined,
      },
    },
    series: {
      probe: (own) => own.usage.series(span, { interval: 'hour', groupBy: 'apiKey', top: 5, timeZone: 'UTC' }),
      nothing: [],
    },
    attempts: { probe: (own, { requestId }) => own.usage.attempts(requestId), nothing: [] },
  },
};

let databases: TestDatabases;
let ours: Tenant;
let foreign: Foreign;

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
  ours = await makeTenant(databases.app, 'Ours');
  const tenant = await makeTenant(databases.app, 'Theirs');
  const theirs = databases.app.forOrganization(tenant.organizationId);
  const attempt = makeAttempt(tenant);
  await databases.meter.insertUsageBatch({
    id: newId<'usageBatch'>(),
    instanceId: newId<'instance'>(),
    rows: [attempt],
  });
  await databases.worker.postUsage(10);
  await theirs.rateLimits.replace(
    { scope: 'project', projectId: tenant.projectId },
    [{ kind: 'requests', limit: 60, windowMs: 60_000 }],
    tenant.by,
  );
  const policy = await theirs.policies.create({ name: 'Cheap', projectId: tenant.projectId, document }, tenant.by);
  if (policy.outcome !== 'done') {
    throw new Error('A policy was not made.');
  }
  const [bookId, priceBookEntryId] = [newId<'priceBook'>(), newId()];
  await databases.owner.query(`INSERT INTO price_book (id, name) VALUES ($1, 'Theirs')`, [bookId]);
  await databases.owner.query(
    `INSERT INTO price_book_entry (id, price_book_id, numerator, denominator, effective_from) VALUES ($1, $2, 11, 10, now())`,
    [priceBookEntryId, bookId],
  );
  await databases.owner.query(`UPDATE organization SET price_book_id = $1 WHERE id = $2`, [
    bookId,
    tenant.organizationId,
  ]);
  foreign = { tenant, policyId: policy.policy.id, requestId: attempt.call.requestId, priceBookEntryId };
});

afterAll(async () => {
  await databases.close();
});

/** Everything of the other organization, as text, to see that nothing of it changes. */
async function contentOf(tenant: Tenant): Promise<string> {
  const { rows: tables } = await databases.owner.query<{ table_name: string }>(
    `SELECT table_name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'organization_id' ORDER BY 1`,
  );
  const contents: string[] = [];
  for (const { table_name } of tables) {
    const { rows } = await databases.owner.query<{ row: string }>(
      `SELECT t::text AS row FROM "${table_name}" t WHERE organization_id = $1 ORDER BY 1`,
      [tenant.organizationId],
    );
    contents.push(`${table_name}: ${rows.map(({ row }) => row).join('\n')}`);
  }
  return contents.join('\n');
}

test('there is a probe for every method of every repository', () => {
  const repositories = databases.app.forOrganization(ours.organizationId);
  const methods = Object.entries(repositories).map(([name, methods]) => [name, Object.keys(methods).sort()]);
  const probed = Object.entries(probes).map(([name, methods]) => [name, Object.keys(methods).sort()]);
  expect(Object.fromEntries(probed)).toEqual(Object.fromEntries(methods));
  expect(Object.keys(repositories).sort()).toEqual(Object.keys(organizationRepositories).sort());
});

describe.each(Object.entries(probes))('%s', (_, methods) => {
  test.each(Object.entries<{ probe: Probe; nothing: unknown }>(methods))(
    '%s finds nothing of another organization and changes nothing of it',
    async (_method, { probe, nothing }) => {
      const before = await contentOf(foreign.tenant);
      const repositories = databases.app.forOrganization(ours.organizationId);
      expect(await probe(repositories, foreign, ours)).toEqual(nothing);
      expect(await contentOf(foreign.tenant)).toBe(before);
    },
  );
});
