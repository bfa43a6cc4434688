import type { PlatformView, SignUpInput } from '@turnpike/contracts/auth';
import { GatewayError } from '@turnpike/core/errors';
import { formatUsd } from '@turnpike/core/money';
import type { ControlServices } from '../services.ts';
import { networkOf } from './addresses.ts';
import type { AttemptLimit } from './attempt-limiter.ts';
import type { VerifiedUser } from './login.ts';
import { normalizeEmail } from './normalize-email.ts';

/** Every organization comes with trial credit: a whole office may sign up, a script may not farm it. */
const perNetwork: AttemptLimit = { name: 'sign-up-network', limit: 20, windowMs: 3_600_000 };

/**
 * Creates a person, their organization with a default project, and its trial credit in the ledger: all or nothing.
 * Throws GatewayError `access_denied` where sign-up is closed, `conflict` for an address that is taken,
 * `rate_limit_exceeded`, or `service_unavailable`.
 */
export async function signUp(
  { database, attempts, passwords, signUp: rules }: ControlServices,
  input: SignUpInput & { readonly ip: string },
): Promise<VerifiedUser> {
  if (rules.mode === 'closed') {
    throw new GatewayError('access_denied', 'Sign-up is closed here. Ask an owner or admin for an invitation.');
  }
  await attempts.count([{ limit: perNetwork, subject: networkOf(input.ip) }]);
  const email = normalizeEmail(input.email);
  const name = input.name ?? nameFrom(email);
  const created = await database.signUp({
    email,
    name,
    passwordHash: await passwords.hash(input.password),
    organizationName: input.organizationName ?? `${name}'s organization`.slice(0, maxNameLength),
    trialCreditNanoUsd: rules.trialCreditNanoUsd,
    ip: input.ip,
  });
  if (created.outcome === 'email-taken') {
    throw new GatewayError('conflict', 'email: There is an account with this address. Sign in instead.', {
      param: 'email',
    });
  }
  return { userId: created.userId };
}

/** What a visitor may know before signing in. */
export function describePlatform({ signUp: rules }: Pick<ControlServices, 'signUp'>): PlatformView {
  return { signUpMode: rules.mode, trialCreditUsd: formatUsd(rules.trialCreditNanoUsd) };
}

/** As long as a name that somebody types may be. */
const maxNameLength = 80;

/** `ada.lovelace@example.com` is somebody called Ada Lovelace until they say otherwise. */
function nameFrom(email: string): string {
  const [mailbox = ''] = email.split('@', 1);
  const [untagged = ''] = mailbox.split('+', 1);
  const words = untagged.split(/[._-]+/).filter((word) => word !== '');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
  return (name === '' ? email : name).slice(0, maxNameLength);
}
