import { balanceSchema } from '@turnpike/contracts/organizations';
import { projectListSchema } from '@turnpike/contracts/organizations';
import { platformSchema } from '@turnpike/contracts/auth';
import { asId } from '@turnpike/core/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { password, startControlHarness, uuidOf } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';

let harness: ControlHarness;

beforeAll(async () => {
  harness = await startControlHarness();
});

afterAll(() => harness.close());

describe('POST /api/auth/sign-up 201', () => {
  it('makes a person who owns an organization with a default project, and signs them in', async () => {
    const { client, session, organizationId } = await harness.signUp({ email: 'Ada.Lovelace+x@Example.com' });
    expect(session.user).toMatchObject({ email: 'ada.lovelace+x@example.com', name: 'Ada Lovelace' });
    expect(session.memberships).toHaveLength(1);
    expect(session.memberships[0]).toMatchObject({
      role: 'owner',
      organization: { name: "Ada Lovelace's organization", status: 'active', allowsUnlistedModels: false },
    });
    const projects = await client.request('GET', `/api/organizations/${organizationId}/projects`);
    expect(projects.as(projectListSchema).items).toMatchObject([{ name: 'Default', isDefault: true }]);
  });

  it('gives trial credit that is in the ledger and is the balance', async () => {
    const { client, organizationId } = await harness.signUp();
    const balance = await client.request('GET', `/api/organizations/${organizationId}/balance`);
    expect(balance.as(balanceSchema)).toMatchObject({
      postedUsd: '5',
      unpostedUsd: '0',
      availableNanoUsd: '5000000000',
    });
    const entries = await harness.owner.query(
      `SELECT a.kind, e.amount_nano_usd AS amount, t.source_type, t.ledger_seq AS seq
         FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id JOIN ledger_transaction t ON t.id = e.transaction_id
        WHERE e.organization_id = $1 ORDER BY a.kind`,
      [uuidOf('organization', organizationId)],
    );
    expect(entries).toStrictEqual([
      { kind: 'prepaid', amount: '5000000000', source_type: 'trial_credit', seq: '1' },
      { kind: 'promo', amount: '-5000000000', source_type: 'trial_credit', seq: '1' },
    ]);
  });

  it('keeps the password as argon2id and the session as a digest', async () => {
    const { client, session } = await harness.signUp();
    const userId = uuidOf('user', session.user.id);
    const [user] = await harness.owner.query('SELECT password_hash FROM app_user WHERE id = $1', [userId]);
    expect(user?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const [stored] = await harness.owner.query('SELECT digest, ip FROM session WHERE user_id = $1', [userId]);
    const token = client.sessionCookie() ?? '';
    expect(stored?.['digest']).toStrictEqual(Buffer.from(harness.services.digests.session(token)));
    expect(Buffer.from(String(stored?.['digest'])).includes(token)).toBe(false);
  });

  it('leaves an audit entry of the new organization', async () => {
    const { organizationId } = await harness.signUp();
    const organization = asId<'organization'>(uuidOf('organization', organizationId));
    const entries = await harness.database.forOrganization(organization).audit.list({ limit: 10 });
    expect(entries.map(({ action }) => action)).toStrictEqual(['organization.created']);
  });

  it('sets the session in a cookie that scripts cannot read, and the token that they send back in one that they can', async () => {
    const answer = await harness
      .client()
      .request('POST', '/api/auth/sign-up', { body: { email: 'cookies@example.com', password } });
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    expect(cookies[0]).toMatch(/^turnpike_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(cookies[1]).toMatch(/^turnpike_csrf=[\w-]{43}; Path=\/; Expires=[^;]+; SameSite=Lax$/);
    expect(answer.text).not.toContain(cookies[0]?.slice('turnpike_session='.length, 43));
  });
});

describe('POST /api/auth/sign-up 409', () => {
  it('refuses an address that is taken, in any spelling of its letters', async () => {
    await harness.signUp({ email: 'taken@example.com' });
    const answer = await harness
      .client()
      .request('POST', '/api/auth/sign-up', { body: { email: ' TAKEN@example.com ', password } });
    expect([answer.status, answer.error().code, answer.error().param]).toStrictEqual([409, 'conflict', 'email']);
    expect(answer.headers.getSetCookie()).toStrictEqual([]);
  });
});

describe('POST /api/auth/sign-up 400', () => {
  it('names every field that is wrong', async () => {
    const answer = await harness.client().request('POST', '/api/auth/sign-up', {
      body: { email: 'nobody', password: 'short', role: 'admin', balance: 1e9 },
    });
    expect(answer.status).toBe(400);
    expect(
      answer
        .error()
        .issues?.map(({ path }) => path)
        .sort(),
    ).toStrictEqual(['email', 'password', 'role']);
  });
});

describe('POST /api/auth/sign-up 429', () => {
  it('lets an address open twenty organizations an hour and no more', async () => {
    const client = harness.client();
    const statuses: number[] = [];
    for (let index = 0; index < 22; index += 1) {
      const answer = await client.request('POST', '/api/auth/sign-up', {
        body: { email: 'taken@example.com', password },
      });
      statuses.push(answer.status);
    }
    expect(statuses).toStrictEqual([...Array.from({ length: 20 }, () => 409), 429, 429]);
  });
});

describe('POST /api/auth/sign-up 403', () => {
  it('refuses everybody where sign-up is closed, and says so on the platform page', async () => {
    const closed = await startControlHarness({ mode: 'closed' });
    try {
      const client = closed.client();
      const platform = await client.request('GET', '/api/platform');
      expect(platform.as(platformSchema)).toStrictEqual({ signUpMode: 'closed', trialCreditUsd: '5' });
      const answer = await client.request('POST', '/api/auth/sign-up', { body: { email: 'a@example.com', password } });
      expect([answer.status, answer.error().code]).toStrictEqual([403, 'access_denied']);
    } finally {
      await closed.close();
    }
  });
});
