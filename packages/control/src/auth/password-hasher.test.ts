import { GatewayError } from '@turnpike/core/errors';
import { describe, expect, it } from 'vitest';
import { createPasswordHasher } from './password-hasher.ts';

describe('createPasswordHasher', () => {
  it('makes argon2id hashes of the agreed cost, each with its own salt', async () => {
    const hasher = createPasswordHasher();
    const hashes = await Promise.all([hasher.hash('correct horse battery'), hasher.hash('correct horse battery')]);
    expect(hashes[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(new Set(hashes).size).toBe(2);
  });

  it.each([
    ['a password of 72 bytes and one more', 'x'.repeat(72), 'x'.repeat(73)],
    ['upper and lower case', 'Correct horse', 'correct horse'],
  ])('tells %s apart', async (_what, password, other) => {
    const hasher = createPasswordHasher();
    const hash = await hasher.hash(password);
    expect([await hasher.verify(hash, password), await hasher.verify(hash, other)]).toStrictEqual([true, false]);
  });

  it('takes composed and decomposed letters for the same password', async () => {
    const hasher = createPasswordHasher();
    const hash = await hasher.hash('se\u00f1al de la ma\u00f1ana \u2161');
    expect(await hasher.verify(hash, 'sen\u0303al de la man\u0303ana II')).toBe(true);
  });

  it('says no to everybody without a hash, even to the password that it compares with', async () => {
    const hasher = createPasswordHasher();
    expect(await hasher.verify(undefined, 'nobody has this password')).toBe(false);
  });

  it('works through a crowd and refuses whoever comes on top of it', async () => {
    const hasher = createPasswordHasher({ concurrency: 1, maxWaiting: 2 });
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => hasher.hash('correct horse battery')));
    expect(results.map(({ status }) => status)).toStrictEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(GatewayError);
    expect(refused?.reason).toMatchObject({ code: 'service_unavailable', retryAfterSeconds: 5 });
    await expect(hasher.hash('the queue is free again')).resolves.toContain('$argon2id$');
  });
});
