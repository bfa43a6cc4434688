import { randomBytes } from 'node:crypto';
import { openBooks, type Books, type Customer } from '@turnpike/billing/fixtures/books';
import type { OrganizationId } from '@turnpike/core/ids';
import { renderId } from '@turnpike/core/ids';
import { createDashboardDatabase, type DashboardDatabase } from '@turnpike/db/client';
import { createTestDatabase, type TestDatabase } from '@turnpike/testing/postgres';
import { createTestRedis } from '@turnpike/testing/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  actAs,
  getBalance,
  getCall,
  getMembership,
  getUsageSeries,
  getUsageSummary,
  listApiKeys,
  listCalls,
  listModels,
  listProjects,
  type ReadContext,
} from './read.ts';

let testDatabase: TestDatabase;
let books: Books;
let pages: DashboardDatabase;
const clock = { nowMs: () => Date.now() };

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  books = await openBooks({ database: testDatabase, redis: await createTestRedis() });
  pages = createDashboardDatabase({ url: testDatabase.urls.dashboard, poolSize: 4, applicationName: 'test-pages' });
});

afterAll(async () => {
  await pages.close();
  await books.close();
});

/** What a page of the dashboard has: the session of its visitor, read under role `dashboard`. */
async function visit(
  customer: Customer,
  organizationId: OrganizationId = customer.organizationId,
): Promise<ReadContext> {
  const [member] = await books.app.forOrganization(customer.organizationId).members.list();
  if (member === undefined) {
    throw new RangeError('The organization has no member.');
  }
  const digest = randomBytes(32);
  const sessionId = await books.app.forUser(member.userId).createSession({
    digest,
    expiresAtMs: Date.now() + 3_600_000,
    ip: undefined,
    userAgent: undefined,
  });
  const memberships = [{ memberId: member.id, organizationId: customer.organizationId, role: member.role }];
  const actor = actAs({ sessionId, userId: member.userId, memberships }, customer.organizationId);
  return {
    actor: { ...actor, organizationId },
    clock,
    catalog: pages,
    readers: pages.readOrganizationAs(digest, organizationId),
  };
}

const page = { limit: 50 } as const;

describe('reading under role dashboard', () => {
  it('gives a page everything that the management API would', async () => {
    const customer = await books.customer();
    await books.spend(customer, [700n, 300n]);
    const context = await visit(customer);
    expect((await getMembership(context)).organization.id).toBe(renderId('organization', customer.organizationId));
    expect((await listProjects(context)).items).toMatchObject([{ name: 'Default', isDefault: true }]);
    expect((await listApiKeys(context, page)).items).toMatchObject([
      { id: renderId('apiKey', customer.apiKeyId), name: 'Key' },
    ]);
    const { items } = await listCalls(context, page);
    expect(items).toMatchObject([{ apiKey: { name: 'Key' } }, { apiKey: { name: 'Key' } }]);
    expect((await getUsageSummary(context, {})).totals).toMatchObject({ calls: 2, chargeNanoUsd: '1000' });
    const series = await getUsageSeries(context, { interval: 'hour', groupBy: 'apiKey', top: 8 });
    expect(series.groups).toMatchObject([{ label: 'Key', totals: { calls: 2 } }]);
    expect(await getBalance(context)).toMatchObject({ postedUsd: '5', unpostedNanoUsd: '1000' });
    expect(await listModels(context, {})).toStrictEqual({ items: [], nextCursor: null });
    const [first] = await books.app
      .forOrganization(customer.organizationId)
      .usage.listCalls({ fromMs: 0, toMs: Date.now() + 1_000 }, { limit: 1 })
      .then(({ calls }) => calls);
    expect(first === undefined ? undefined : await getCall(context, first.requestId)).toMatchObject({
      attempts: [{ attempt: 1 }],
    });
  });

  it('finds nothing of another organization, even for a page that claims to be there', async () => {
    const [ada, bob] = [await books.customer(), await books.customer()];
    await books.spend(bob, [700n]);
    const context = await visit(ada, bob.organizationId);
    expect((await listApiKeys(context, page)).items).toStrictEqual([]);
    expect((await listCalls(context, page)).items).toStrictEqual([]);
    expect((await listProjects(context)).items).toStrictEqual([]);
    await expect(getMembership(context)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getBalance(context)).rejects.toMatchObject({ code: 'not_found' });
  });
});
