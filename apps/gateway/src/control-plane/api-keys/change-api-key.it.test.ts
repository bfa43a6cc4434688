import { apiKeyListSchema, apiKeySchema, createdApiKeySchema } from '@turnpike/contracts/api-keys';
import type { CreatedApiKeyView } from '@turnpike/contracts/api-keys';
import { deleteApiKey } from '@turnpike/control/api-keys/delete-api-key';
import { createKeyAnnouncer, keysChannel } from '@turnpike/control/api-keys/key-announcer';
import { contextOf } from '@turnpike/control/services';
import { asId } from '@turnpike/core/ids';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedIn } from '../../testing/api-client.ts';
import { defaultProjectOf, startControlHarness, uuidOf } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

let harness: ControlHarness;
let owner: SignedIn;
let projectId: string;
let path: string;
const heard: string[] = [];

beforeAll(async () => {
  harness = await startControlHarness();
  owner = await harness.signUp();
  projectId = await defaultProjectOf(owner);
  path = `/api/organizations/${owner.organizationId}/api-keys`;
  const subscriber = harness.redis.duplicate({ enableOfflineQueue: true, commandTimeout: 5_000 });
  subscriber.on('message', (_channel, message) => heard.push(message));
  await subscriber.subscribe(keysChannel);
  return () => subscriber.disconnect();
});

afterAll(() => harness.close());

async function createKey(settings: Readonly<Record<string, unknown>> = {}): Promise<CreatedApiKeyView> {
  const answer = await owner.client.request('POST', path, { body: { projectId, name: 'Key', ...settings } });
  return answer.as(createdApiKeySchema);
}

const digestOf = ({ secret }: CreatedApiKeyView): string =>
  Buffer.from(harness.services.digests.apiKey(secret)).toString('hex');

async function statusOf(key: CreatedApiKeyView): Promise<string | undefined> {
  return (await harness.database.findPrincipal(harness.services.digests.apiKey(key.secret)))?.status;
}

describe('PATCH /api/organizations/{organizationId}/api-keys/{apiKeyId} 200', () => {
  it('changes what is given and leaves the rest', async () => {
    const key = await createKey({ allowedIps: ['203.0.113.7'] });
    const answer = await owner.client.request('PATCH', `${path}/${key.apiKey.id}`, {
      body: { name: 'Renamed', allowedModels: ['openai/*'] },
    });
    expect(answer.as(apiKeySchema)).toStrictEqual({ ...key.apiKey, name: 'Renamed', allowedModels: ['openai/*'] });
  });

  it('lifts a restriction that is set to null', async () => {
    const key = await createKey({ allowedIps: ['203.0.113.7'], expiresAt: '2099-01-01T00:00:00Z' });
    const answer = await owner.client.request('PATCH', `${path}/${key.apiKey.id}`, {
      body: { allowedIps: null, expiresAt: null },
    });
    expect(answer.as(apiKeySchema)).toMatchObject({ allowedIps: null, expiresAt: null });
  });

  it('changes nothing for an empty body, and leaves no audit entry', async () => {
    const key = await createKey();
    const entries = `SELECT count(*)::int AS entries FROM audit_entry`;
    const before = await harness.owner.query(entries);
    const answer = await owner.client.request('PATCH', `${path}/${key.apiKey.id}`, { body: {} });
    expect(answer.as(apiKeySchema)).toStrictEqual(key.apiKey);
    expect(await harness.owner.query(entries)).toStrictEqual(before);
  });

  it('disables a key and tells every gateway before it answers', async () => {
    const key = await createKey();
    const answer = await owner.client.request('PATCH', `${path}/${key.apiKey.id}`, { body: { isEnabled: false } });
    expect([answer.as(apiKeySchema).status, await statusOf(key)]).toStrictEqual(['disabled', 'disabled']);
    await expect.poll(() => heard).toContain(digestOf(key));
  });

  it('enables it again, and tells every gateway once more', async () => {
    const key = await createKey();
    const own = `${path}/${key.apiKey.id}`;
    await owner.client.request('PATCH', own, { body: { isEnabled: false } });
    const answer = await owner.client.request('PATCH', own, { body: { isEnabled: true, name: 'Back' } });
    expect(answer.as(apiKeySchema)).toMatchObject({ status: 'active', name: 'Back' });
    expect(await statusOf(key)).toBe('active');
    // Disabled, renamed, enabled.
    await expect.poll(() => heard.filter((digest) => digest === digestOf(key))).toHaveLength(3);
  });

  it('tells gateways of changed limits', async () => {
    const key = await createKey();
    await owner.client.request('PATCH', `${path}/${key.apiKey.id}`, {
      body: { rateLimits: [{ kind: 'concurrency', limit: 1 }] },
    });
    await expect.poll(() => heard).toContain(digestOf(key));
    const principal = await harness.database.findPrincipal(harness.services.digests.apiKey(key.secret));
    expect(principal?.rateLimits).toStrictEqual([{ scope: 'key', kind: 'concurrency', limit: 1, windowMs: 0 }]);
  });

  it('shows a key whose time is over as expired', async () => {
    const key = await createKey({ expiresAt: new Date(harness.clock.nowMs() + 60_000).toISOString() });
    harness.clock.advance(61_000);
    const list = await owner.client.request('GET', `${path}?status=expired`);
    expect(list.as(apiKeyListSchema).items.map(({ id, status }) => [id, status])).toStrictEqual([
      [key.apiKey.id, 'expired'],
    ]);
  });
});

describe('PATCH /api/organizations/{organizationId}/api-keys/{apiKeyId} 400', () => {
  it.each([
    { kind: 'live' },
    { projectId: 'x' },
    { digest: 'x' },
    { status: 'active' },
    { isEnabled: 'yes' },
    { last4: 'aaaa' },
  ])('refuses %j', async (body) => {
    const { apiKey } = await createKey();
    const answer = await owner.client.request('PATCH', `${path}/${apiKey.id}`, { body });
    expect([answer.status, answer.error().code]).toStrictEqual([400, 'invalid_request']);
    expect((await owner.client.request('GET', `${path}/${apiKey.id}`)).as(apiKeySchema)).toStrictEqual(apiKey);
  });
});

describe('DELETE /api/organizations/{organizationId}/api-keys/{apiKeyId} 204', () => {
  it('revokes for good, tells every gateway, and may be repeated', async () => {
    const key = await createKey();
    const own = `${path}/${key.apiKey.id}`;
    const first = await owner.client.request('DELETE', own);
    expect([first.status, first.text, await statusOf(key)]).toStrictEqual([204, '', 'revoked']);
    await expect.poll(() => heard).toContain(digestOf(key));
    expect((await owner.client.request('DELETE', own)).status).toBe(204);
    const revocations = await harness.owner.query(
      `SELECT count(*)::int AS entries FROM audit_entry WHERE action = 'api_key.revoked'`,
    );
    expect(revocations).toStrictEqual([{ entries: 1 }]);
  });

  it('leaves the key in the records and out of the list', async () => {
    const { apiKey } = await createKey();
    await owner.client.request('DELETE', `${path}/${apiKey.id}`);
    const listed = (await owner.client.request('GET', path)).as(apiKeyListSchema).items;
    expect(listed.map(({ id }) => id)).not.toContain(apiKey.id);
    const revoked = (await owner.client.request('GET', `${path}?status=revoked`)).as(apiKeyListSchema).items;
    expect(revoked.map(({ id }) => id)).toContain(apiKey.id);
  });
});

describe('PATCH /api/organizations/{organizationId}/api-keys/{apiKeyId} 409', () => {
  it('does not bring a deleted key back', async () => {
    const key = await createKey();
    await owner.client.request('DELETE', `${path}/${key.apiKey.id}`);
    const answer = await owner.client.request('PATCH', `${path}/${key.apiKey.id}`, { body: { isEnabled: true } });
    expect([answer.status, answer.error().code, await statusOf(key)]).toStrictEqual([409, 'conflict', 'revoked']);
  });
});

describe('a change while Redis is away', () => {
  it('stands all the same: Postgres has it', async () => {
    const key = await createKey();
    const gone = harness.redis.duplicate();
    gone.disconnect();
    const services = { ...harness.services, keyAnnouncer: createKeyAnnouncer(gone, createSilentLogger()) };
    const organizationId = asId<'organization'>(uuidOf('organization', owner.organizationId));
    const context = contextOf(services, { type: 'system', organizationId, name: 'test' }, undefined);
    await deleteApiKey(context, asId<'apiKey'>(uuidOf('apiKey', key.apiKey.id)));
    expect(await statusOf(key)).toBe('revoked');
  });
});
