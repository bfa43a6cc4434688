import { createHmac } from 'node:crypto';

import type { Principal } from '@turnpike/core/access/principal';
import { asId } from '@turnpike/core/ids';
import { describe, expect, it } from 'vitest';

import { createKeyStore } from './key-store.ts';

const principal: Principal = {
  organizationId: asId('01890000-0000-7000-8000-000000000001'),
  projectId: asId('01890000-0000-7000-8000-000000000002'),
  apiKeyId: asId('01890000-0000-7000-8000-000000000003'),
  memberId: undefined,
  keyName: 'k',
  mode: 'live',
  kind: 'inference',
  status: 'active',
  organizationStatus: 'active',
  expiresAtMs: undefined,
  allowedModels: undefined,
  allowedIps: undefined,
  rateLimits: [],
  allowsUnlistedModels: false,
  alwaysSendsUsage: false,
  exposesAttempts: false,
  priceBookId: undefined,
};
const digest = (key: string): Buffer => createHmac('sha256', 'pepper').update(key).digest();

function setUp(find: (digest: Buffer) => Promise<Principal | undefined>) {
  let nowMs = 1_000_000;
  const lookups: string[] = [];
  const keys = createKeyStore({
    digest,
    find: (digested) => {
      lookups.push(digested.toString('hex'));
      return find(digested);
    },
    clock: { nowMs: () => nowMs, ticksMs: () => nowMs },
    random: () => 1,
  });
  return { keys, lookups, pass: (ms: number) => (nowMs += ms) };
}

describe('createKeyStore', () => {
  it('asks the database once for a herd of calls with one key', async () => {
    const { keys, lookups } = setUp(async () => principal);
    const found = await Promise.all(Array.from({ length: 500 }, async () => keys.resolve('a')));
    expect(found.every((one) => one === principal)).toBe(true);
    expect(lookups).toHaveLength(1);
  });

  it('answers a known key at once, without a tick', async () => {
    const { keys } = setUp(async () => principal);
    await keys.resolve('a');
    expect(keys.resolve('a')).toBe(principal);
  });

  it('remembers unknown keys for a short while, so that a new key works soon', async () => {
    let isCreated = false;
    const { keys, lookups, pass } = setUp(async () => (isCreated ? principal : undefined));
    expect(await keys.resolve('a')).toBeUndefined();
    isCreated = true;
    expect(await keys.resolve('a')).toBeUndefined();
    pass(5_001);
    expect(await keys.resolve('a')).toBe(principal);
    expect(lookups).toHaveLength(2);
  });

  it('looks a key up again at the latest after ten seconds', async () => {
    let current: Principal = principal;
    const { keys, pass } = setUp(async () => current);
    await keys.resolve('a');
    current = { ...principal, status: 'revoked' };
    pass(10_001);
    expect((await keys.resolve('a'))?.status).toBe('revoked');
  });

  it('forgets a revoked key at once when it is told', async () => {
    let current: Principal = principal;
    const { keys } = setUp(async () => current);
    await keys.resolve('a');
    current = { ...principal, status: 'revoked' };
    keys.forget(digest('a').toString('hex'));
    expect((await keys.resolve('a'))?.status).toBe('revoked');
    current = { ...principal, status: 'disabled' };
    keys.forgetAll();
    expect((await keys.resolve('a'))?.status).toBe('disabled');
  });

  it.each(['forget', 'forgetAll'] as const)(
    'neither remembers nor shares the answer of a look-up during which it was told to %s',
    async (way) => {
      const answers: PromiseWithResolvers<Principal>[] = [];
      const { keys, lookups } = setUp(() => {
        const answer = Promise.withResolvers<Principal>();
        answers.push(answer);
        return answer.promise;
      });
      const before = keys.resolve('a');
      await Promise.resolve();
      if (way === 'forget') {
        keys.forget(digest('a').toString('hex'));
      } else {
        keys.forgetAll();
      }
      const after = keys.resolve('a');
      await Promise.resolve();
      answers[0]?.resolve(principal);
      await before;
      answers[1]?.resolve({ ...principal, status: 'revoked' });
      expect((await after)?.status).toBe('revoked');
      expect(await keys.resolve('a')).toMatchObject({ status: 'revoked' });
      expect(lookups).toHaveLength(2);
    },
  );

  it('keeps known keys working while the database is away, and answers 503, never 401, for unknown ones', async () => {
    let isAway = false;
    const { keys, pass } = setUp(async () => {
      if (isAway) {
        throw new Error('connection refused');
      }
      return principal;
    });
    await keys.resolve('known');
    isAway = true;
    pass(60_000);
    expect(await keys.resolve('known')).toBe(principal);
    await expect(keys.resolve('unknown')).rejects.toMatchObject({ code: 'service_unavailable', status: 503 });
    pass(15 * 60_000);
    await expect(keys.resolve('known')).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('takes a bounded number of database connections for many unknown keys', async () => {
    let running = 0;
    let most = 0;
    const { keys } = setUp(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      return undefined;
    });
    await Promise.all(Array.from({ length: 200 }, async (_, index) => keys.resolve(`key-${index}`)));
    expect(most).toBe(8);
  });
});
