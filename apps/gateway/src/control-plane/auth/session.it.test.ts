import { sessionSchema } from '@turnpike/contracts/auth';
import { membershipListSchema } from '@turnpike/contracts/organizations';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { password, startControlHarness } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

const hourMs = 3_600_000;

let harness: ControlHarness;

beforeAll(async () => {
  harness = await startControlHarness();
});

afterAll(() => harness.close());

describe('GET /api/auth/me', () => {
  it('says who is signed in, what they may do where, and until when', async () => {
    const { client, session } = await harness.signUp();
    const me = (await client.request('GET', '/api/auth/me')).as(sessionSchema);
    expect(me).toStrictEqual(session);
    expect(me.memberships[0]?.permissions).toContain('management_key.manage');
    const days = (Date.parse(me.expiresAt) - harness.clock.nowMs()) / (24 * hourMs);
    expect(Math.round(days)).toBe(30);
  });

  it.each([
    ['no cookie', ''],
    ['an unknown session', `turnpike_session=${'x'.repeat(43)}`],
    ['a cookie of the wrong form', 'turnpike_session=../../etc/passwd'],
    ['an empty cookie', 'turnpike_session='],
  ])('answers 401 to %s', async (_what, cookie) => {
    const answer = await harness.client().request('GET', '/api/auth/me', { headers: { cookie } });
    expect([answer.status, answer.error().code]).toStrictEqual([401, 'unauthenticated']);
  });

  it('may not be kept by anybody on the way', async () => {
    const { client } = await harness.signUp();
    expect((await client.request('GET', '/api/auth/me')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('GET /api/organizations', () => {
  it('lists where the person belongs and nothing else', async () => {
    const [{ client, organizationId }] = [await harness.signUp(), await harness.signUp()];
    const { items } = (await client.request('GET', '/api/organizations')).as(membershipListSchema);
    expect(items.map(({ organization }) => organization.id)).toStrictEqual([organizationId]);
  });
});

describe('POST /api/auth/logout 204', () => {
  it('ends the session, so that a copy of its cookie is worth nothing', async () => {
    const { client } = await harness.signUp();
    const stolen = client.clone();
    expect((await stolen.request('GET', '/api/auth/me')).status).toBe(200);
    const answer = await client.request('POST', '/api/auth/logout');
    expect([answer.status, answer.text, client.sessionCookie()]).toStrictEqual([204, '', undefined]);
    expect((await stolen.request('GET', '/api/auth/me')).status).toBe(401);
    expect((await stolen.request('POST', '/api/auth/logout')).status).toBe(401);
  });

  it('leaves other devices signed in, unless they are meant too', async () => {
    const { client, email } = await harness.signUp();
    const phone = harness.client();
    const tablet = harness.client();
    for (const device of [phone, tablet]) {
      await device.request('POST', '/api/auth/login', { body: { email, password } });
    }
    await tablet.request('POST', '/api/auth/logout', { body: { everywhere: false } });
    expect((await phone.request('GET', '/api/auth/me')).status).toBe(200);
    await client.request('POST', '/api/auth/logout', { body: { everywhere: true } });
    expect((await phone.request('GET', '/api/auth/me')).status).toBe(401);
  });

  it('does not sign anybody else out', async () => {
    const [ada, bob] = [await harness.signUp(), await harness.signUp()];
    await ada.client.request('POST', '/api/auth/logout', { body: { everywhere: true } });
    expect((await bob.client.request('GET', '/api/auth/me')).status).toBe(200);
  });
});

describe('a session', () => {
  // Postgres notes when a session began by its own clock.
  beforeEach(() => harness.clock.setWallClock(Date.now()));

  it('ends after twelve hours without a request, and not before', async () => {
    const [idle, busy] = [await harness.signUp(), await harness.signUp()];
    harness.clock.advance(11 * hourMs);
    expect((await busy.client.request('GET', '/api/auth/me')).status).toBe(200);
    harness.clock.advance(2 * hourMs);
    expect((await idle.client.request('GET', '/api/auth/me')).status).toBe(401);
    expect((await busy.client.request('GET', '/api/auth/me')).status).toBe(200);
  });

  it('ends after thirty days however much it is used', async () => {
    const { client } = await harness.signUp();
    for (let halfDay = 1; halfDay <= 60; halfDay += 1) {
      harness.clock.advance(12 * hourMs - 60_000);
      expect((await client.request('GET', '/api/auth/me')).status).toBe(200);
    }
    harness.clock.advance(2 * hourMs);
    expect((await client.request('GET', '/api/auth/me')).status).toBe(401);
  });
});
