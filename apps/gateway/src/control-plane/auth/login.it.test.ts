import { createAttemptLimiter } from '@turnpike/control/auth/attempt-limiter';
import { verifyLogin } from '@turnpike/control/auth/login';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSession } from '../../testing/api-client.ts';
import { password, startControlHarness, uuidOf } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

let harness: ControlHarness;

beforeAll(async () => {
  harness = await startControlHarness();
});

afterAll(() => harness.close());

describe('POST /api/auth/login 200', () => {
  it('signs in with the address in any spelling of its letters', async () => {
    await harness.signUp({ email: 'ada@example.com' });
    const client = harness.client();
    const answer = await client.request('POST', '/api/auth/login', { body: { email: 'ADA@example.com', password } });
    expect(answer.status).toBe(200);
    expect(readSession(client, answer).session.user.email).toBe('ada@example.com');
  });

  it('begins a new session and ends the one that the browser came with', async () => {
    const { client, email } = await harness.signUp();
    const before = client.clone();
    await client.request('POST', '/api/auth/login', { body: { email, password } });
    expect(client.sessionCookie()).not.toBe(before.sessionCookie());
    expect((await client.request('GET', '/api/auth/me')).status).toBe(200);
    expect((await before.request('GET', '/api/auth/me')).status).toBe(401);
  });

  it('does not adopt a session that somebody planted', async () => {
    const { email } = await harness.signUp();
    const planted = 'p'.repeat(43);
    const client = harness.client();
    await client.request('POST', '/api/auth/login', {
      body: { email, password },
      headers: { cookie: `turnpike_session=${planted}` },
    });
    expect(client.sessionCookie()).not.toBe(planted);
    const answer = await harness
      .client()
      .request('GET', '/api/auth/me', { headers: { cookie: `turnpike_session=${planted}` } });
    expect(answer.status).toBe(401);
  });
});

describe('POST /api/auth/login 401', () => {
  it('says the same to an unknown address, a wrong password and somebody who was disabled', async () => {
    const known = await harness.signUp();
    const disabled = await harness.signUp();
    await harness.owner.query(`UPDATE app_user SET status = 'disabled' WHERE id = $1`, [
      uuidOf('user', disabled.session.user.id),
    ]);
    const bodies = [
      { email: 'nobody@example.com', password },
      { email: known.email, password: 'wrong horse battery staple' },
      { email: disabled.email, password },
    ];
    const answers = [];
    for (const body of bodies) {
      const answer = await harness.client().request('POST', '/api/auth/login', { body });
      const { requestId: _differs, ...error } = answer.error();
      answers.push({ status: answer.status, error, cookies: answer.headers.getSetCookie() });
    }
    expect(answers[0]).toStrictEqual({
      status: 401,
      error: { code: 'unauthenticated', message: 'The e-mail address or the password is wrong.' },
      cookies: [],
    });
    expect(answers.slice(1)).toStrictEqual([answers[0], answers[0]]);
  });

  it('does the same work for an unknown address as for a wrong password', async () => {
    const { email } = await harness.signUp();
    const hashed: (string | undefined)[] = [];
    const { passwords } = harness.services;
    const watched = {
      ...harness.services,
      passwords: {
        ...passwords,
        verify: (hash: string | undefined, given: string) => {
          hashed.push(hash);
          return passwords.verify(hash, given);
        },
      },
    };
    for (const address of [email, 'unknown@example.com']) {
      await expect(
        verifyLogin(watched, { email: address, password: 'wrong horse battery', ip: '198.18.255.1' }),
      ).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect(hashed.map((hash) => hash !== undefined)).toStrictEqual([true, false]);
  });

  it('ends the sessions of somebody who is disabled', async () => {
    const { client, session } = await harness.signUp();
    await harness.owner.query(`UPDATE app_user SET status = 'disabled' WHERE id = $1`, [
      uuidOf('user', session.user.id),
    ]);
    expect((await client.request('GET', '/api/auth/me')).status).toBe(401);
  });
});

describe('POST /api/auth/login 429', () => {
  it('lets one network try one address ten times, the right password included, and says when to come back', async () => {
    const { email } = await harness.signUp();
    const client = harness.client();
    const wrong = { email, password: 'wrong horse battery staple' };
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      expect((await client.request('POST', '/api/auth/login', { body: wrong })).status).toBe(401);
    }
    const refused = await client.request('POST', '/api/auth/login', { body: { email, password } });
    expect([refused.status, refused.error().code]).toStrictEqual([429, 'rate_limit_exceeded']);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(800);
    expect(seconds).toBeLessThanOrEqual(900);
    const elsewhere = await harness.client().request('POST', '/api/auth/login', { body: { email, password } });
    expect(elsewhere.status).toBe(200);
  });

  it('starts to count anew after the right password', async () => {
    const { email, client } = await harness.signUp();
    for (const given of ['wrong horse', 'wrong horse', password, ...Array.from({ length: 10 }, () => 'wrong horse')]) {
      const answer = await client.request('POST', '/api/auth/login', { body: { email, password: given } });
      expect(answer.status).toBe(given === password ? 200 : 401);
    }
  });

  it('counts an unknown address like a known one', async () => {
    const client = harness.client();
    const statuses = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      const body = { email: 'ghost@example.com', password: 'wrong horse' };
      statuses.push((await client.request('POST', '/api/auth/login', { body })).status);
    }
    expect(statuses).toStrictEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  it('does not believe an X-Forwarded-For that the caller made up', async () => {
    const { email } = await harness.signUp();
    const client = harness.client();
    const statuses = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      const answer = await client.request('POST', '/api/auth/login', {
        body: { email, password: 'wrong horse' },
        // The trusted proxy appends the address that it saw; what stands before it is the caller's invention.
        headers: { 'x-forwarded-for': `203.0.113.${attempt}, 198.19.0.1` },
      });
      statuses.push(answer.status);
    }
    expect(statuses.at(-1)).toBe(429);
  });

  it('stops spraying one password over many addresses', async () => {
    const client = harness.client();
    const attempts = Array.from({ length: 101 }, (_, index) => ({
      email: `u${index}@example.com`,
      password: 'Summer2026!!',
    }));
    const answers = await Promise.all(attempts.map((body) => client.request('POST', '/api/auth/login', { body })));
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.length, refused.length]).toStrictEqual([101, 1]);
  });
});

describe('POST /api/auth/login 503', () => {
  it('refuses to check passwords without a count', async () => {
    const { email } = await harness.signUp();
    const gone = harness.redis.duplicate();
    gone.disconnect();
    const services = { ...harness.services, attempts: createAttemptLimiter(gone) };
    await expect(verifyLogin(services, { email, password, ip: '198.18.255.2' })).rejects.toMatchObject({
      code: 'service_unavailable',
    });
  });
});
