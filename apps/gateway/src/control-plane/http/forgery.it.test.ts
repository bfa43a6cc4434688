import { projectListSchema } from '@turnpike/contracts/organizations';
import { operations } from '@turnpike/contracts/operations';
import type { Operation } from '@turnpike/contracts/operation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedIn } from '../../testing/api-client.ts';
import { startControlHarness } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';
import { csrfTokenOf } from './forgery-check.ts';

let harness: ControlHarness;
let owner: SignedIn;

beforeAll(async () => {
  harness = await startControlHarness();
  owner = await harness.signUp();
});

afterAll(() => harness.close());

const changes: readonly (readonly [string, Operation])[] = Object.values(operations)
  .filter((operation: Operation) => operation.method !== 'get' && operation.access.type !== 'public')
  .map((operation) => [operation.id, operation]);

const missingId = '0'.repeat(26);
const pathOf = (operation: Operation): string =>
  operation.path
    .replace('{organizationId}', owner.organizationId)
    .replace('{projectId}', `proj_${missingId}`)
    .replace('{apiKeyId}', `key_${missingId}`);

/** What a forged request carries: the victim's cookies and whatever the attacker's page can add. */
const forgeries: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['without a token', { 'x-csrf-token': '' }],
  ['with the token of another session', { 'x-csrf-token': csrfTokenOf('another session') }],
  ['from another origin', { origin: 'https://evil.example' }],
  ['from an opaque origin', { origin: 'null' }],
  ['from another site by its fetch metadata', { 'sec-fetch-site': 'cross-site' }],
  ['from a sibling site by its fetch metadata', { 'sec-fetch-site': 'same-site' }],
];

describe.each(changes)('%s', (_id, operation) => {
  it.each(forgeries)('refuses a request %s', async (_what, headers) => {
    const answer = await owner.client.request(operation.method.toUpperCase(), pathOf(operation), {
      ...(operation.body === null ? {} : { body: {} }),
      headers,
    });
    expect([answer.status, answer.error().code]).toStrictEqual([403, 'access_denied']);
  });
});

describe('a forged form', () => {
  const projects = async (): Promise<number> => {
    const answer = await owner.client.request('GET', `/api/organizations/${owner.organizationId}/projects`);
    return answer.as(projectListSchema).items.length;
  };

  it.each([
    ['text/plain', '{"name":"Forged","x":"="}', 403],
    ['application/x-www-form-urlencoded', 'name=Forged', 403],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="name"\r\n\r\nForged\r\n--x--',
      403,
    ],
  ])('as %s changes nothing', async (contentType, rawBody, status) => {
    const before = await projects();
    const answer = await owner.client.request('POST', `/api/organizations/${owner.organizationId}/projects`, {
      rawBody,
      headers: { 'content-type': contentType, origin: 'https://evil.example', 'x-csrf-token': '' },
    });
    // Fastify may refuse the media type before anybody asks where the form came from.
    expect([status, 415]).toContain(answer.status);
    expect(await projects()).toBe(before);
  });

  it('by GET changes nothing', async () => {
    const before = await projects();
    await owner.client.request('GET', `/api/organizations/${owner.organizationId}/projects`);
    const override = await owner.client.request('GET', `/api/organizations/${owner.organizationId}/projects`, {
      headers: { 'x-http-method-override': 'POST' },
    });
    expect([override.status, await projects()]).toStrictEqual([200, before]);
  });
});

describe('login and sign-up', () => {
  it.each(['/api/auth/login', '/api/auth/sign-up'])('%s refuses other sites', async (path) => {
    const answer = await harness.client().request('POST', path, {
      body: { email: 'a@example.com', password: 'correct horse battery staple' },
      headers: { origin: 'https://evil.example' },
    });
    expect([answer.status, answer.headers.getSetCookie()]).toStrictEqual([403, []]);
  });
});

describe('our own page', () => {
  it('may change things', async () => {
    const answer = await owner.client.request('POST', `/api/organizations/${owner.organizationId}/projects`, {
      body: { name: 'Ours' },
      headers: { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status).toBe(201);
  });
});
