import { createdApiKeySchema } from '@turnpike/contracts/api-keys';
import type { CreatedApiKeyView } from '@turnpike/contracts/api-keys';
import { operations } from '@turnpike/contracts/operations';
import type { Operation } from '@turnpike/contracts/operation';
import { renderId } from '@turnpike/core/ids';
import { roles } from '@turnpike/core/access/roles';
import type { Role } from '@turnpike/core/access/roles';
import { permissionsOf } from '@turnpike/core/access/roles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiAnswer, ApiClient, SignedIn } from '../testing/api-client.ts';
import { defaultProjectOf, startControlHarness } from '../testing/control-harness.ts';
import type { ControlHarness } from '../testing/control-harness.ts';
import { recordCall } from '../testing/usage-rows.ts';

/** Ids of everything that an organization owns, by the names that paths give them. */
type Possessions = Readonly<Record<string, string>>;

const tenantOperations: readonly Operation[] = Object.values(operations).filter((operation) =>
  operation.path.includes('{organizationId}'),
);
const missing = '0'.repeat(26);
const nobodys: Possessions = {
  organizationId: `org_${missing}`,
  projectId: `proj_${missing}`,
  apiKeyId: `key_${missing}`,
  requestId: `req_${missing}`,
};

let harness: ControlHarness;
let ada: SignedIn;
let bob: SignedIn;
let adas: Possessions;
let bobs: Possessions;
let adasManagementKey: CreatedApiKeyView;

beforeAll(async () => {
  harness = await startControlHarness();
  [ada, bob] = [await harness.signUp(), await harness.signUp()];
  [adas, bobs] = [await possessionsOf(ada), await possessionsOf(bob)];
  adasManagementKey = await createKey(ada, adas, 'management');
});

afterAll(() => harness.close());

async function createKey(person: SignedIn, { projectId }: Possessions, kind: string): Promise<CreatedApiKeyView> {
  const answer = await person.client.request('POST', `/api/organizations/${person.organizationId}/api-keys`, {
    body: { projectId, kind, name: 'Key' },
  });
  return answer.as(createdApiKeySchema);
}

async function possessionsOf(person: SignedIn): Promise<Possessions> {
  const { organizationId } = person;
  const projectId = await defaultProjectOf(person);
  const { apiKey } = await createKey(person, { organizationId, projectId }, 'live');
  const requestId = await recordCall(harness, { organizationId, projectId, apiKeyId: apiKey.id });
  return { organizationId, projectId, apiKeyId: apiKey.id, requestId: renderId('request', requestId) };
}

/** A body and a query that the operation accepts, about these things. */
function validInput(operation: Operation, own: Possessions): { body?: unknown; query: string } {
  const bodies: Readonly<Record<string, unknown>> = {
    updateOrganization: { name: 'Renamed' },
    createProject: { name: `Project ${crypto.randomUUID()}` },
    updateProject: { name: `Project ${crypto.randomUUID()}` },
    createApiKey: { projectId: own['projectId'], name: 'Key' },
    updateApiKey: { name: 'Renamed' },
  };
  const body = bodies[operation.id];
  return { ...(body === undefined ? {} : { body }), query: '' };
}

function ask(
  client: ApiClient,
  operation: Operation,
  inPath: Possessions,
  inInput: Possessions,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => inPath[name] ?? 'missing');
  const { body, query } = validInput(operation, inInput);
  return client.request(operation.method.toUpperCase(), `${path}${query}`, {
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

function withoutRequestId(answer: ApiAnswer): unknown {
  const { requestId: _differs, ...error } = answer.error();
  return { status: answer.status, error };
}

describe.each(tenantOperations.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  it('finds nothing of another organization, and says it like for what does not exist', async () => {
    const foreign = withoutRequestId(await ask(ada.client, operation, bobs, bobs));
    const absent = withoutRequestId(await ask(ada.client, operation, nobodys, bobs));
    expect(foreign).toMatchObject({ status: 404, error: { code: 'not_found' } });
    expect(foreign).toStrictEqual(absent);
  });

  it('finds nothing of another organization under the own one', async () => {
    const names = [...operation.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
      name === undefined || name === 'organizationId' ? [] : [name],
    );
    for (const name of names) {
      const [foreign, absent] = await Promise.all(
        [bobs, nobodys].map(async (others) =>
          withoutRequestId(await ask(ada.client, operation, { ...adas, [name]: others[name] ?? '' }, adas)),
        ),
      );
      expect([name, foreign]).toMatchObject([name, { status: 404, error: { code: 'not_found' } }]);
      expect(foreign).toStrictEqual(absent);
    }
  });

  it('answers 401 without a credential', async () => {
    const answer = await ask(harness.client(), operation, adas, adas);
    expect([answer.status, answer.error().code]).toStrictEqual([401, 'unauthenticated']);
  });

  it('finds nothing of another organization with a management key', async () => {
    const headers = { authorization: `Bearer ${adasManagementKey.secret}` };
    const answer = await ask(harness.client(), operation, bobs, bobs, headers);
    const isOpenToKeys = operation.access.type === 'session-or-management-key';
    expect(answer.status).toBe(isOpenToKeys ? 404 : 403);
  });
});

describe('bodies and queries that name things of another organization', () => {
  it.each([
    ['POST', 'api-keys', () => ({ body: { projectId: bobs['projectId'], name: 'Stray' } }), 404],
    ['GET', 'api-keys?projectId=', () => ({}), 200],
    ['GET', 'usage/calls?projectId=', () => ({}), 200],
  ] as const)('%s %s find nothing', async (method, suffix, input, status) => {
    const path = `/api/organizations/${ada.organizationId}/${suffix}${suffix.endsWith('=') ? (bobs['projectId'] ?? '') : ''}`;
    const answer = await ada.client.request(method, path, input());
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain(bobs['apiKeyId']);
  });

  it.each(['apiKeyId', 'requestId'])('usage filtered by a foreign %s is empty', async (name) => {
    const answer = await ada.client.request(
      'GET',
      `/api/organizations/${ada.organizationId}/usage/calls?${name}=${bobs[name]}`,
    );
    expect(JSON.parse(answer.text)).toStrictEqual({ items: [], nextCursor: null });
  });

  it('a cursor of another organization pages through the own rows alone', async () => {
    const answer = await ada.client.request(
      'GET',
      `/api/organizations/${ada.organizationId}/usage/calls?cursor=${bobs['requestId']}`,
    );
    expect(answer.text).not.toContain(bobs['apiKeyId']);
  });
});

describe.each(roles)('role %s', (role: Role) => {
  let member: SignedIn;

  beforeAll(async () => {
    member = await harness.addMember(ada.organizationId, role);
  });

  it.each(tenantOperations.map((operation) => [operation.id, operation] as const))(
    'may do %s if and only if the table of roles says so',
    async (_id, operation) => {
      const permission = operation.access.type === 'public' ? null : operation.access.permission;
      const mayDo = permission !== null && permissionsOf(role).has(permission);
      // Deleting needs a victim of its own; everything else may be done to Ada's things again and again.
      const victim =
        operation.method === 'delete' ? { ...adas, apiKeyId: (await createKey(ada, adas, 'live')).apiKey.id } : adas;
      const answer = await ask(member.client, operation, victim, victim);
      if (mayDo) {
        expect(answer.status).toBe(operation.successStatus);
      } else {
        expect([answer.status, answer.error().code]).toStrictEqual([403, 'access_denied']);
      }
    },
  );

  it('makes management keys if and only if the table of roles says so', async () => {
    const answer = await member.client.request('POST', `/api/organizations/${ada.organizationId}/api-keys`, {
      body: { projectId: adas['projectId'], kind: 'management', name: 'Robot' },
    });
    expect(answer.status).toBe(permissionsOf(role).has('management_key.manage') ? 201 : 403);
  });
});
