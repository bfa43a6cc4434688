import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedIn } from '../../testing/api-client.ts';
import { defaultProjectOf, startControlHarness } from '../../testing/control-harness.ts';
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

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a body that is malformed', () => {
  it.each<[string, string, number, string]>([
    ['no JSON', '{"name":', 400, 'invalid_request'],
    ['nothing', '', 400, 'invalid_request'],
    ['null', 'null', 400, 'invalid_request'],
    ['a list', '[]', 400, 'invalid_request'],
    ['a string', '"name"', 400, 'invalid_request'],
    ['a field twice', '{"name":"a","name":"b"}', 400, 'invalid_request'],
    ['__proto__', '{"__proto__":{"kind":"management"},"name":"a"}', 400, 'invalid_request'],
    ['constructor', '{"constructor":{"prototype":{"isAdmin":true}},"name":"a"}', 400, 'invalid_request'],
    ['great depth', `{"name":${nested(5_000)}}`, 400, 'invalid_request'],
    ['a lone surrogate', '{"name":"\\ud800"}', 400, 'invalid_request'],
    ['a null character', '{"name":"a\\u0000b"}', 400, 'invalid_request'],
    ['a number beyond all numbers', '{"name":1e999}', 400, 'invalid_request'],
    ['too many bytes', `{"name":"${'x'.repeat(300_000)}"}`, 413, 'payload_too_large'],
  ])('%s gets the documented error', async (_what, rawBody, status, code) => {
    const answer = await owner.client.request('POST', path, {
      rawBody,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.error().code]).toStrictEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.error().requestId).toBe(answer.headers.get('x-request-id'));
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'application/json; charset=',
    'nonsense',
  ])('of type %s gets the documented error', async (contentType) => {
    const answer = await owner.client.request('POST', path, {
      rawBody: JSON.stringify({ projectId, name: 'Typed' }),
      headers: { 'content-type': contentType },
    });
    expect([200, 201].includes(answer.status)).toBe(contentType.startsWith('application/json'));
    expect(answer.status).toBe(contentType.startsWith('application/json') ? 201 : 415);
  });

  it('names at most twenty fields', async () => {
    const body = { projectId, name: 'Many', allowedModels: Array.from({ length: 200 }, () => 'x') };
    const answer = await owner.client.request('POST', path, { body });
    expect(answer.error().issues).toHaveLength(20);
  });
});

describe('a path that is malformed', () => {
  it.each([
    '/api',
    '/api/',
    '/api/nothing',
    '//api/models',
    '/api//models',
    '/api/models/',
    '/API/models',
    '/api/models;x=1',
    '/api/%6dodels%00',
    '/api/organizations/%',
    '/api/organizations/%2e%2e%2fmodels',
    '/api/organizations/org_1/api-keys/..%2f..',
    `/api/organizations/${'o'.repeat(5_000)}`,
    '/index.html',
    '/favicon.ico',
  ])('%s gets the documented error or nothing new', async (malformed) => {
    const answer = await owner.client.request('GET', malformed);
    expect([400, 404, 414]).toContain(answer.status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
    expect(answer.text).not.toMatch(/<html|\bat .+\.(ts|js):\d+|node_modules/i);
  });

  it.each(['PUT', 'OPTIONS', 'TRACE', 'PROPFIND'])('method %s is answered without a stack', async (method) => {
    const text = await rawRequest(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect(text).not.toMatch(/node_modules/);
  });
});

describe('a header that is malformed', () => {
  it.each([
    ['two authorizations', 'Authorization: Bearer a\r\nAuthorization: Bearer b'],
    ['a lone carriage return', 'X-A: b\rc'],
    ['a value that is not Latin-1', `X-A: ${Buffer.from('日本').toString('latin1')}`],
    ['a cookie without end', `Cookie: ${'a=b; '.repeat(500)}`],
    ['a header without a colon', 'Nonsense'],
    ['a null character', 'X-A: \u0000'],
  ])('%s is never a 5xx', async (_what, header) => {
    const text = await rawRequest(`GET ${path} HTTP/1.1\r\nHost: a\r\n${header}\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect(text).not.toMatch(/node_modules|<html/);
  });
});

describe('an internal failure', () => {
  it('is a 500 that says nothing but the request id', async () => {
    const broken = await startControlHarness();
    const person = await broken.signUp();
    await broken.owner.query('ALTER TABLE project RENAME TO hidden');
    try {
      const answer = await person.client.request('GET', `/api/organizations/${person.organizationId}/projects`);
      expect([answer.status, answer.error()]).toStrictEqual([
        500,
        {
          code: 'internal',
          message: 'Something went wrong on our side. Please retry.',
          requestId: answer.headers.get('x-request-id'),
        },
      ]);
    } finally {
      await broken.close();
    }
  });
});

/** Sends bytes as they are: what fetch would refuse to send. */
function rawRequest(text: string): Promise<string> {
  const { hostname, port } = new URL(harness.baseUrl);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = net.connect(Number(port), hostname, () => socket.write(Buffer.from(text, 'latin1')));
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('end', () => resolve(answer));
  socket.on('error', reject);
  return promise;
}
