import {
  membershipSchema,
  organizationSchema,
  projectListSchema,
  projectSchema,
} from '@turnpike/contracts/organizations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedIn } from '../../testing/api-client.ts';
import { startControlHarness } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

let harness: ControlHarness;
let owner: SignedIn;
let path: string;

beforeAll(async () => {
  harness = await startControlHarness();
  owner = await harness.signUp();
  path = `/api/organizations/${owner.organizationId}`;
});

afterAll(() => harness.close());

describe('GET /api/organizations/{organizationId} 200', () => {
  it('gives the organization with the role and permissions of whoever asks', async () => {
    const viewer = await harness.addMember(owner.organizationId, 'viewer');
    const answer = await viewer.client.request('GET', path);
    expect(answer.as(membershipSchema)).toMatchObject({
      role: 'viewer',
      permissions: ['organization.read', 'project.read', 'api_key.read', 'usage.read'],
      organization: { id: owner.organizationId },
    });
  });
});

describe('PATCH /api/organizations/{organizationId}', () => {
  it('200 changes what is given, once in the audit log', async () => {
    const answer = await owner.client.request('PATCH', path, { body: { name: ' Acme ', allowsUnlistedModels: true } });
    expect(answer.as(organizationSchema)).toMatchObject({ name: 'Acme', allowsUnlistedModels: true });
    const again = (await owner.client.request('GET', path)).as(membershipSchema).organization;
    expect(again).toMatchObject({ name: 'Acme', allowsUnlistedModels: true });
    const entries = await harness.owner.query(
      `SELECT detail FROM audit_entry WHERE action = 'organization.updated' ORDER BY seq`,
    );
    expect(entries).toStrictEqual([{ detail: '{"name":"Acme","allowsUnlistedModels":true}' }]);
  });

  it('200 with nothing to change changes nothing', async () => {
    const answer = await owner.client.request('PATCH', path, { body: {} });
    expect(answer.as(organizationSchema).id).toBe(owner.organizationId);
  });

  it.each([
    { status: 'active' },
    { billingMode: 'invoiced' },
    { slug: 'acme' },
    { priceBookId: null },
    { id: 'org_1' },
  ])('400 refuses %j', async (body) => {
    const answer = await owner.client.request('PATCH', path, { body });
    expect([answer.status, answer.error().code]).toStrictEqual([400, 'invalid_request']);
  });
});

describe('/api/organizations/{organizationId}/projects', () => {
  it('201 creates a project that is listed after the default one', async () => {
    const answer = await owner.client.request('POST', `${path}/projects`, { body: { name: 'Checkout' } });
    const project = answer.as(projectSchema);
    expect([answer.status, project.isDefault]).toStrictEqual([201, false]);
    const { items } = (await owner.client.request('GET', `${path}/projects`)).as(projectListSchema);
    expect(items.map(({ name }) => name)).toStrictEqual(['Default', 'Checkout']);
    expect((await owner.client.request('GET', `${path}/projects/${project.id}`)).as(projectSchema)).toStrictEqual(
      project,
    );
  });

  it('200 renames a project', async () => {
    const made = (await owner.client.request('POST', `${path}/projects`, { body: { name: 'Search' } })).as(
      projectSchema,
    );
    const answer = await owner.client.request('PATCH', `${path}/projects/${made.id}`, { body: { name: 'Find' } });
    expect(answer.as(projectSchema)).toStrictEqual({ ...made, name: 'Find' });
  });

  it('409 refuses a name that another project of the organization has', async () => {
    const made = (await owner.client.request('POST', `${path}/projects`, { body: { name: 'Twin' } })).as(projectSchema);
    const create = await owner.client.request('POST', `${path}/projects`, { body: { name: 'Twin' } });
    const rename = await owner.client.request('PATCH', `${path}/projects/${made.id}`, { body: { name: 'Default' } });
    expect([create, rename].map((answer) => [answer.status, answer.error().code, answer.error().param])).toStrictEqual([
      [409, 'conflict', 'name'],
      [409, 'conflict', 'name'],
    ]);
    const stranger = await harness.signUp();
    const elsewhere = await stranger.client.request('POST', `/api/organizations/${stranger.organizationId}/projects`, {
      body: { name: 'Twin' },
    });
    expect(elsewhere.status).toBe(201);
  });
});
