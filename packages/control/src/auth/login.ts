import type { LoginInput } from '@turnpike/contracts/auth';
import { GatewayError } from '@turnpike/core/errors';
import type { UserId } from '@turnpike/core/ids';
import type { ControlServices } from '../services.ts';
import { networkOf } from './addresses.ts';
import type { Attempt, AttemptLimit } from './attempt-limiter.ts';
import { normalizeEmail } from './normalize-email.ts';

/** Somebody who has shown that they are who they say. */
export interface VerifiedUser {
  readonly userId: UserId;
}

const minuteMs = 60_000;

/** A person who forgot their password tries a few; a person who remembers it starts at zero again. */
const perPersonAndNetwork: AttemptLimit = { name: 'login-person-network', limit: 10, windowMs: 15 * minuteMs };
/** Many networks against one person. Wider, so that nobody can lock somebody else out with ease. */
const perPerson: AttemptLimit = { name: 'login-person', limit: 100, windowMs: 60 * minuteMs };
/** One network against many people: password spraying. */
const perNetwork: AttemptLimit = { name: 'login-network', limit: 100, windowMs: 15 * minuteMs };

/**
 * Checks an e-mail address and a password. Unknown addresses, people without a password, disabled people and wrong
 * passwords get the same answer after the same work. Throws GatewayError `unauthenticated`, `rate_limit_exceeded`, or
 * `service_unavailable`.
 */
export async function verifyLogin(
  { database, attempts, passwords }: Pick<ControlServices, 'database' | 'attempts' | 'passwords'>,
  { email, password, ip }: LoginInput & { readonly ip: string },
): Promise<VerifiedUser> {
  const address = normalizeEmail(email);
  const network = networkOf(ip);
  const own: Attempt = { limit: perPersonAndNetwork, subject: `${network} ${address}` };
  await attempts.count([own, { limit: perPerson, subject: address }, { limit: perNetwork, subject: network }]);
  const user = await database.findUserByEmail(address);
  const isRight = await passwords.verify(user?.passwordHash, password);
  if (!isRight || user?.status !== 'active') {
    throw new GatewayError('unauthenticated', 'The e-mail address or the password is wrong.');
  }
  await attempts.forget([own]);
  return { userId: user.userId };
}
