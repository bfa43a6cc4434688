import { apiKeyListSchema, createdApiKeySchema } from '@turnpike/contracts/api-keys';
import type { CreatedApiKeyView } from '@turnpike/contracts/api-keys';
import { projectListSchema, projectSchema } from '@turnpike/contracts/organizations';
import type { Role } from '@turnpike/core/access/roles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiAnswer, SignedIn } from '../../testing/api-client.ts';
import { defaultProjectOf, startControlHarness, uuidOf } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

let harness: ControlHarness;
let owner: SignedIn;
let projectId: string;
let otherProjectId: string;
let organization: string;

beforeAll(async () => {
  harness = await startControlHarness();
  owner = await harness.signUp();
  organization = `/api/organizations/${owner.organizationId}`;
  projectId = await defaultProjectOf(owner);
  const answer = await owner.client.request('POST', `${organization}/projects`, { body: { name: 'Other' } });
  otherProjectId = answer.as(projectSchema).id;
});

afterAll(() => harness.close());

async function createKey(body: Readonly<Record<string, unknown>> = {}): Promise<CreatedApiKeyView> {
  const answer = await owner.client.request('POST', `${organization}/api-keys`, {
    body: { projectId, name: 'Key', kind: 'management', ...body },
  });
  return answer.as(createdApiKeySchema);
}

/** A program with a management key: no cookies, no token. */
function call(secret: string, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  return harness.client().request(method, path, {
    headers: { authorization: `Bearer ${secret}` },
    ...(body === undefined ? {} : { body }),
  });
}

describe('a management key', () => {
  it('creates, lists, changes and deletes keys of its project without cookie or token', async () => {
    const { secret } = await createKey();
    const made = await call(secret, 'POST', `${organization}/api-keys`, { projectId, name: 'By machine' });
    const { apiKey } = made.as(createdApiKeySchema);
    expect([made.status, apiKey.kind, apiKey.createdByUserId]).toStrictEqual([201, 'live', null]);
    const path = `${organization}/api-keys/${apiKey.id}`;
    expect((await call(secret, 'PATCH', path, { isEnabled: false })).status).toBe(200);
    expect((await call(secret, 'DELETE', path)).status).toBe(204);
    const entries = await harness.owner.query(
      `SELECT action, actor_type FROM audit_entry WHERE target_id = $1 ORDER BY seq`,
      [uuidOf('apiKey', apiKey.id)],
    );
    expect(entries).toStrictEqual(
      ['created', 'disabled', 'revoked'].map((verb) => ({ action: `api_key.${verb}`, actor_type: 'management_key' })),
    );
  });

  it('sees its own project and no other', async () => {
    const { secret } = await createKey();
    const foreign = await createKey({ projectId: otherProjectId, kind: 'live' });
    const listed = (await call(secret, 'GET', `${organization}/api-keys`)).as(apiKeyListSchema).items;
    expect(new Set(listed.map((key) => key.projectId))).toStrictEqual(new Set([projectId]));
    const projects = (await call(secret, 'GET', `${organization}/projects`)).as(projectListSchema).items;
    expect(projects.map(({ id }) => id)).toStrictEqual([projectId]);
    const attempts = [
      call(secret, 'GET', `${organization}/api-keys/${foreign.apiKey.id}`),
      call(secret, 'PATCH', `${organization}/api-keys/${foreign.apiKey.id}`, { isEnabled: false }),
      call(secret, 'DELETE', `${organization}/api-keys/${foreign.apiKey.id}`),
      call(secret, 'GET', `${organization}/api-keys?projectId=${otherProjectId}`),
      call(secret, 'POST', `${organization}/api-keys`, { projectId: otherProjectId, name: 'Stray' }),
      call(secret, 'GET', `${organization}/projects/${otherProjectId}`),
      call(secret, 'GET', `${organization}/usage/calls?projectId=${otherProjectId}`),
    ];
    expect((await Promise.all(attempts)).map(({ status }) => status)).toStrictEqual(attempts.map(() => 404));
    const untouched = await owner.client.request('GET', `${organization}/api-keys/${foreign.apiKey.id}`);
    expect(JSON.parse(untouched.text)).toStrictEqual(foreign.apiKey);
  });

  it('mints, changes and deletes no management key, so that one that leaked can be revoked for good', async () => {
    const { secret, apiKey } = await createKey();
    const other = await createKey();
    const answers = await Promise.all([
      call(secret, 'POST', `${organization}/api-keys`, { projectId, name: 'Twin', kind: 'management' }),
      call(secret, 'PATCH', `${organization}/api-keys/${apiKey.id}`, { allowedIps: null }),
      call(secret, 'DELETE', `${organization}/api-keys/${apiKey.id}`),
      call(secret, 'DELETE', `${organization}/api-keys/${other.apiKey.id}`),
    ]);
    expect(answers.map((answer) => [answer.status, answer.error().code])).toStrictEqual(
      answers.map(() => [403, 'access_denied']),
    );
    expect((await call(other.secret, 'GET', `${organization}/api-keys`)).status).toBe(200);
  });

  it.each<[Role, number]>([
    ['owner', 204],
    ['admin', 204],
    ['developer', 403],
    ['finance', 403],
    ['viewer', 403],
  ])('is deleted by a member with role %s: %i', async (role, status) => {
    const { apiKey } = await createKey();
    const member = await harness.addMember(owner.organizationId, role);
    expect((await member.client.request('DELETE', `${organization}/api-keys/${apiKey.id}`)).status).toBe(status);
  });

  it.each<[string, string]>([
    ['GET', '/balance'],
    ['GET', ''],
    ['PATCH', ''],
    ['POST', '/projects'],
  ])('may not %s %s: that takes a person', async (method, suffix) => {
    const { secret } = await createKey();
    const answer = await call(secret, method, `${organization}${suffix}`, method === 'GET' ? undefined : { name: 'X' });
    expect([answer.status, answer.error().code]).toStrictEqual([403, 'access_denied']);
  });

  it('finds nothing in another organization', async () => {
    const { secret } = await createKey();
    const stranger = await harness.signUp();
    const answer = await call(secret, 'GET', `/api/organizations/${stranger.organizationId}/api-keys`);
    expect([answer.status, answer.error().code]).toStrictEqual([404, 'not_found']);
  });
});

describe('a key that does not open the management API', () => {
  it.each([
    ['nothing', 'Bearer ', 401, 'invalid_api_key'],
    ['another scheme', 'Basic bWstdHA=', 401, 'invalid_api_key'],
    [
      'a key that was never made',
      `Bearer mk-tp-${'a'.repeat(12)}_${'a'.repeat(32)}_${'a'.repeat(6)}`,
      401,
      'invalid_api_key',
    ],
  ])('%s', async (_what, authorization, status, code) => {
    const answer = await harness.client().request('GET', `${organization}/api-keys`, { headers: { authorization } });
    expect([answer.status, answer.error().code]).toStrictEqual([status, code]);
  });

  it('is one that calls models', async () => {
    const { secret } = await createKey({ kind: 'live' });
    const answer = await call(secret, 'GET', `${organization}/api-keys`);
    expect([answer.status, answer.error().code]).toStrictEqual([403, 'access_denied']);
  });

  it('is one that was disabled or deleted', async () => {
    const [disabled, deleted] = [await createKey(), await createKey()];
    await owner.client.request('PATCH', `${organization}/api-keys/${disabled.apiKey.id}`, {
      body: { isEnabled: false },
    });
    await owner.client.request('DELETE', `${organization}/api-keys/${deleted.apiKey.id}`);
    for (const { secret } of [disabled, deleted]) {
      const answer = await call(secret, 'GET', `${organization}/api-keys`);
      expect([answer.status, answer.error().code]).toStrictEqual([401, 'invalid_api_key']);
    }
  });

  it('is one that is used from an address outside its ranges', async () => {
    const { secret } = await createKey({ allowedIps: ['203.0.113.0/24'] });
    const from = (address: string): Promise<ApiAnswer> =>
      harness.client().request('GET', `${organization}/api-keys`, {
        headers: { authorization: `Bearer ${secret}`, 'x-forwarded-for': address },
      });
    expect((await from('203.0.113.9')).status).toBe(200);
    const refused = await from('198.51.100.9');
    expect([refused.status, refused.error().code]).toStrictEqual([403, 'ip_not_allowed']);
  });

  it('is one of a suspended organization', async () => {
    const { secret } = await createKey();
    const id = uuidOf('organization', owner.organizationId);
    await harness.owner.query(`UPDATE organization SET status = 'suspended' WHERE id = $1`, [id]);
    const answer = await call(secret, 'GET', `${organization}/api-keys`);
    await harness.owner.query(`UPDATE organization SET status = 'active' WHERE id = $1`, [id]);
    expect([answer.status, answer.error().code]).toStrictEqual([403, 'account_suspended']);
  });

  it('is one whose time is over', async () => {
    const { secret } = await createKey({ expiresAt: new Date(harness.clock.nowMs() + 60_000).toISOString() });
    harness.clock.advance(60_000);
    const answer = await call(secret, 'GET', `${organization}/api-keys`);
    expect([answer.status, answer.error().code]).toStrictEqual([401, 'expired_api_key']);
  });
});
