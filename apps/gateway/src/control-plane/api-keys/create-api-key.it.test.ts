import { apiKeySchema, createdApiKeySchema } from '@turnpike/contracts/api-keys';
import { parseApiKey } from '@turnpike/core/access/api-key';
import { asId } from '@turnpike/core/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedIn } from '../../testing/api-client.ts';
import { defaultProjectOf, startControlHarness, uuidOf } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

let harness: ControlHarness;
let owner: SignedIn;
let projectId: string;
let path: string;

beforeAll(async () => {
  harness = await startControlHarness();
  owner = await harness.signUp();
  projectId = await defaultProjectOf(owner);
  path = `/api/organizations/${owner.organizationId}/api-keys`;
});

afterAll(() => harness.close());

describe('POST /api/organizations/{organizationId}/api-keys 201', () => {
  it('gives a key that is found by its digest and works at once', async () => {
    const answer = await owner.client.request('POST', path, { body: { projectId, name: 'Production' } });
    const { apiKey, secret } = answer.as(createdApiKeySchema);
    expect([answer.status, parseApiKey(secret)?.prefix]).toStrictEqual([201, apiKey.prefix]);
    expect(apiKey).toMatchObject({
      name: 'Production',
      kind: 'live',
      status: 'active',
      last4: secret.slice(-4),
      projectId,
      allowedModels: null,
      allowedIps: null,
      expiresAt: null,
      lastUsedAt: null,
      createdByUserId: owner.session.user.id,
    });
    const principal = await harness.database.findPrincipal(harness.services.digests.apiKey(secret));
    expect(principal).toMatchObject({
      apiKeyId: uuidOf('apiKey', apiKey.id),
      kind: 'inference',
      mode: 'live',
      status: 'active',
    });
  });

  it('shows the secret in this answer and nowhere else', async () => {
    const answer = await owner.client.request('POST', path, { body: { projectId, name: 'Once' } });
    const { apiKey, secret } = answer.as(createdApiKeySchema);
    const middle = secret.slice(apiKey.prefix.length + 1, -4);
    const again = await owner.client.request('GET', `${path}/${apiKey.id}`);
    const list = await owner.client.request('GET', path);
    const rows = await harness.owner.query(
      `SELECT to_jsonb(k)::text AS key, (SELECT string_agg(detail, '') FROM audit_entry) AS audit FROM api_key k WHERE id = $1`,
      [uuidOf('apiKey', apiKey.id)],
    );
    expect([again.text, list.text, JSON.stringify(rows)].filter((text) => text.includes(middle))).toStrictEqual([]);
  });

  it('limits a key that sets no limit of its own', async () => {
    const answer = await owner.client.request('POST', path, { body: { projectId, name: 'Default limits' } });
    expect(answer.as(createdApiKeySchema).apiKey.rateLimits).toStrictEqual([
      { kind: 'requests', limit: 600, windowSeconds: 60 },
    ]);
  });

  it('keeps every setting', async () => {
    const settings = {
      kind: 'test',
      allowedModels: ['anthropic/*', 'openai/gpt-4o'],
      allowedIps: ['203.0.113.0/24', '2001:db8::1'],
      rateLimits: [
        { kind: 'requests', limit: 10, windowSeconds: 1 },
        { kind: 'tokens', limit: 100_000, windowSeconds: 60 },
        { kind: 'concurrency', limit: 5 },
      ],
      expiresAt: '2099-01-01T00:00:00.000Z',
    };
    const answer = await owner.client.request('POST', path, { body: { projectId, name: 'Strict', ...settings } });
    const { apiKey } = answer.as(createdApiKeySchema);
    const { rateLimits, ...others } = settings;
    expect(apiKey).toMatchObject(others);
    expect(apiKey.rateLimits).toHaveLength(3);
    expect(apiKey.rateLimits).toStrictEqual(expect.arrayContaining(rateLimits));
    const read = (await owner.client.request('GET', `${path}/${apiKey.id}`)).as(apiKeySchema);
    expect(read).toMatchObject({ ...others, prefix: expect.stringMatching(/^sk-tp-test-/) });
  });

  it('leaves one audit entry that says who, what and from where, without the secret', async () => {
    const answer = await owner.client.request('POST', path, { body: { projectId, name: 'Audited' } });
    const { apiKey, secret } = answer.as(createdApiKeySchema);
    const organization = asId<'organization'>(uuidOf('organization', owner.organizationId));
    const entries = await harness.database.forOrganization(organization).audit.list({ limit: 100 });
    const own = entries.filter(({ targetId }) => targetId === uuidOf('apiKey', apiKey.id));
    expect(own).toMatchObject([
      {
        action: 'api_key.created',
        actorType: 'member',
        actorId: uuidOf('member', owner.session.memberships[0]?.memberId ?? ''),
        ip: expect.stringMatching(/^198\.18\./),
        detail: { name: 'Audited', prefix: apiKey.prefix },
      },
    ]);
    expect(JSON.stringify(own.map(({ detail }) => detail))).not.toContain(secret.slice(-20));
  });
});

describe('POST /api/organizations/{organizationId}/api-keys 400', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no name', { name: undefined }, 'name'],
    ['a blank name', { name: '  ' }, 'name'],
    ['a name with a line break', { name: 'a\nb' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(81) }, 'name'],
    ['a project id of another kind', { projectId: 'key_0' }, 'projectId'],
    ['an unknown kind', { kind: 'admin' }, 'kind'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['a limit of nothing', { rateLimits: [{ kind: 'requests', limit: 0, windowSeconds: 60 }] }, 'rateLimits.0.limit'],
    ['a limit without a window', { rateLimits: [{ kind: 'tokens', limit: 1 }] }, 'rateLimits.0.windowSeconds'],
    ['a model without an author', { allowedModels: ['gpt-4o'] }, 'allowedModels.0'],
    ['an empty list of models', { allowedModels: [] }, 'allowedModels'],
    ['a range that is none', { allowedIps: ['10.0.0.0/33'] }, 'allowedIps.0'],
    ['a column of ours', { digest: 'x' }, 'digest'],
    ['another organization', { organizationId: 'org_1' }, 'organizationId'],
    ['a status', { status: 'active' }, 'status'],
  ])('names the field of %s', async (_what, change, param) => {
    const answer = await owner.client.request('POST', path, { body: { projectId, name: 'Bad', ...change } });
    expect([answer.status, answer.error().code, answer.error().param]).toStrictEqual([400, 'invalid_request', param]);
  });
});

describe('POST /api/organizations/{organizationId}/api-keys 404', () => {
  it('answers the same for a project of another organization and for none', async () => {
    const stranger = await harness.signUp();
    const projectIds = [await defaultProjectOf(stranger), `proj_${'0'.repeat(26)}`];
    const errors = [];
    for (const other of projectIds) {
      const answer = await owner.client.request('POST', path, { body: { projectId: other, name: 'Stray' } });
      const { requestId: _differs, ...error } = answer.error();
      errors.push([answer.status, error]);
    }
    expect(errors[0]).toStrictEqual([404, { code: 'not_found', message: 'There is no such project.' }]);
    expect(errors[1]).toStrictEqual(errors[0]);
  });
});
