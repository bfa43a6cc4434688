import { expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { addressOf, call, csrfTokenIn, type Transport } from './api.ts';

const params = { organizationId: 'org_1', apiKeyId: 'key_1' };

it('fills the path, leaves out what has no value and escapes what could change the path', () => {
  expect(
    addressOf(
      '/api/organizations/{organizationId}/x',
      { organizationId: '../a b' },
      { limit: 50, cursor: undefined, status: 'a,b' },
    ),
  ).toBe('/api/organizations/..%2Fa%20b/x?limit=50&status=a%2Cb');
});

it('refuses to call a path with a hole in it', () => {
  expect(() => addressOf('/api/{id}', {}, {})).toThrow(TypeError);
});

it('hands on the code, the fields and the request id of a refusal', async () => {
  const refusing: Transport = async () =>
    Response.json(
      {
        error: {
          code: 'invalid_request',
          message: 'No.',
          issues: [{ path: 'name', message: 'Give it a name.' }],
          requestId: 'req_1',
        },
      },
      { status: 400 },
    );
  await expect(call('getApiKey', { params, transport: refusing })).rejects.toMatchObject({
    name: 'ApiError',
    status: 400,
    code: 'invalid_request',
    issues: [{ path: 'name', message: 'Give it a name.' }],
    requestId: 'req_1',
  });
});

it('tells a page of a proxy from an answer of ours', async () => {
  const page: Transport = async () =>
    new Response('<html>Bad gateway</html>', { status: 502, headers: { 'retry-after': '3' } });
  await expect(call('deleteApiKey', { params, transport: page })).rejects.toMatchObject({
    status: 502,
    code: 'unreadable',
    retryAfterSeconds: 3,
  });
});

it('calls a lost connection what it is', async () => {
  const lost: Transport = () => Promise.reject(new TypeError('fetch failed'));
  await expect(call('getApiKey', { params, transport: lost })).rejects.toSatisfy(
    (error) => error instanceof ApiError && error.status === 0 && error.code === 'unreachable',
  );
});

it('sends the body of a change as JSON', async () => {
  const seen: RequestInit[] = [];
  const recording: Transport = async (_path, init) => {
    seen.push(init);
    return new Response(null, { status: 204 });
  };
  await call('updateApiKey', { params, transport: recording, body: { isEnabled: false } });
  expect(seen).toMatchObject([{ method: 'PATCH', body: '{"isEnabled":false}' }]);
});

it('finds the token under the name that the scheme of the page gives it', () => {
  const cookies = 'theme=dark; __Host-turnpike_csrf=secure; turnpike_csrf=plain';
  expect([
    csrfTokenIn(cookies, 'https://x.example'),
    csrfTokenIn(cookies, 'http://127.0.0.1:3000'),
    csrfTokenIn('', 'http://x'),
  ]).toEqual(['secure', 'plain', undefined]);
});
