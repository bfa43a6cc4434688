import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { csrfTokenOf } from './forgery-check.ts';
import { createSessionCookies } from './session-cookies.ts';

const token = 'A'.repeat(42) + '_';
const expiresAt = new Date('2027-01-01T00:00:00Z');

async function cookiesOf(publicUrl: string, act: 'write' | 'clear'): Promise<readonly string[]> {
  const cookies = createSessionCookies(publicUrl);
  const app = fastify();
  app.get('/', (_request, reply) => {
    if (act === 'write') {
      cookies.write(reply, { token, expiresAt });
    } else {
      cookies.clear(reply);
    }
    return reply.send();
  });
  const { headers } = await app.inject('/');
  return [headers['set-cookie'] ?? []].flat();
}

async function readBack(header: string, publicUrl = 'https://a.example'): Promise<string> {
  const app = fastify();
  app.get('/', (request) => createSessionCookies(publicUrl).read(request) ?? 'none');
  return (await app.inject({ url: '/', headers: { cookie: header } })).body;
}

describe('createSessionCookies', () => {
  it('binds cookies to the host over https', async () => {
    expect(await cookiesOf('https://turnpike.example', 'write')).toStrictEqual([
      `__Host-turnpike_session=${token}; Path=/; Expires=Fri, 01 Jan 2027 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax`,
      `__Host-turnpike_csrf=${csrfTokenOf(token)}; Path=/; Expires=Fri, 01 Jan 2027 00:00:00 GMT; Secure; SameSite=Lax`,
    ]);
  });

  it('leaves out what browsers refuse over plain http', async () => {
    const [session] = await cookiesOf('http://localhost:3000', 'write');
    expect(session).toBe(
      `turnpike_session=${token}; Path=/; Expires=Fri, 01 Jan 2027 00:00:00 GMT; HttpOnly; SameSite=Lax`,
    );
  });

  it('clears both', async () => {
    const cleared = await cookiesOf('https://turnpike.example', 'clear');
    expect(cleared.map((cookie) => cookie.split('; Expires=Thu, 01 Jan 1970')[0])).toStrictEqual([
      '__Host-turnpike_session=; Path=/',
      '__Host-turnpike_csrf=; Path=/',
    ]);
  });

  it.each([
    [`__Host-turnpike_session=${token}`, token],
    [`a=b; __Host-turnpike_session=${token}; c=d`, token],
    [`turnpike_session=${token}`, 'none'],
    ['__Host-turnpike_session=short', 'none'],
    [`__Host-turnpike_session=${token}%00`, 'none'],
    ['', 'none'],
    ['=;;=', 'none'],
  ])('reads %j as %s', async (header, expected) => {
    expect(await readBack(header)).toBe(expected);
  });
});
