import { apiKeyListSchema, apiKeySchema, createdApiKeySchema } from '@turnpike/contracts/api-keys';
import type { ApiKeyListView } from '@turnpike/contracts/api-keys';
import { projectSchema } from '@turnpike/contracts/organizations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedIn } from '../../testing/api-client.ts';
import { defaultProjectOf, startControlHarness } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

let harness: ControlHarness;
let owner: SignedIn;
let path: string;
const ids: string[] = [];

beforeAll(async () => {
  harness = await startControlHarness();
  owner = await harness.signUp();
  path = `/api/organizations/${owner.organizationId}/api-keys`;
  const projectId = await defaultProjectOf(owner);
  for (const kind of ['live', 'test', 'management', 'live', 'live']) {
    const answer = await owner.client.request('POST', path, { body: { projectId, kind, name: `Key ${kind}` } });
    ids.push(answer.as(createdApiKeySchema).apiKey.id);
  }
});

afterAll(() => harness.close());

async function list(query = ''): Promise<ApiKeyListView> {
  return (await owner.client.request('GET', `${path}${query}`)).as(apiKeyListSchema);
}

describe('GET /api/organizations/{organizationId}/api-keys 200', () => {
  it('lists keys, newest first', async () => {
    expect((await list()).items.map(({ id }) => id)).toStrictEqual(ids.toReversed());
  });

  it('walks through pages without losing or repeating a key', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: ApiKeyListView = await list(`?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== null);
    expect([pages, seen]).toStrictEqual([3, ids.toReversed()]);
  });

  it.each([
    ['?kind=management', [2]],
    ['?kind=live,test', [4, 3, 1, 0]],
    ['?status=active', [4, 3, 2, 1, 0]],
    ['?status=disabled,revoked', []],
  ])('filters by %s', async (query, expected) => {
    expect((await list(query)).items.map(({ id }) => ids.indexOf(id))).toStrictEqual(expected);
  });

  it('filters by project', async () => {
    const answer = await owner.client.request('POST', `/api/organizations/${owner.organizationId}/projects`, {
      body: { name: 'Empty' },
    });
    const { id } = answer.as(projectSchema);
    expect((await list(`?projectId=${id}`)).items).toStrictEqual([]);
    expect((await list(`?projectId=${await defaultProjectOf(owner)}`)).items).toHaveLength(ids.length);
  });
});

describe('GET /api/organizations/{organizationId}/api-keys 400', () => {
  it.each([
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=ten', 'limit'],
    ['?cursor=first', 'cursor'],
    ['?cursor=', 'cursor'],
    ['?kind=root', 'kind.0'],
    ['?status=', 'status.0'],
    ['?projectId=default', 'projectId'],
    ['?organizationId=org_1', 'organizationId'],
    ['?limit=1&limit=2', 'limit'],
  ])('names the parameter of %s', async (query, param) => {
    const answer = await owner.client.request('GET', `${path}${query}`);
    expect([answer.status, answer.error().param]).toStrictEqual([400, param]);
  });
});

describe('GET /api/organizations/{organizationId}/api-keys/{apiKeyId}', () => {
  it('reads one key, without its secret or digest', async () => {
    const answer = await owner.client.request('GET', `${path}/${ids[0]}`);
    expect(answer.as(apiKeySchema).id).toBe(ids[0]);
    expect(Object.keys(JSON.parse(answer.text))).toStrictEqual(Object.keys(apiKeySchema.shape));
  });

  it.each(['key_x', 'null', 'KEY_00000000000000000000000000', 'proj_00000000000000000000000000'])(
    'answers 404 to %s',
    async (id) => {
      const answer = await owner.client.request('GET', `${path}/${id}`);
      expect([answer.status, answer.error().code]).toStrictEqual([404, 'not_found']);
    },
  );
});
