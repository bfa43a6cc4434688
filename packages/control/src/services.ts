import type { Actor } from '@turnpike/core/access/authorize-actor';
import type { NanoUsd } from '@turnpike/core/money';
import type { Database } from '@turnpike/db/client';
import type { RandomBytes } from '@turnpike/platform/crypto/digests';
import type { KeyAnnouncer } from './api-keys/key-announcer.ts';
import type { AttemptLimiter } from './auth/attempt-limiter.ts';
import type { PasswordHasher } from './auth/password-hasher.ts';
import type { Clock, ReadContext } from './read-context.ts';

/** What is stored in place of a secret. Keyed digests: the keys stay in the process. */
export interface Digests {
  readonly apiKey: (secret: string) => Uint8Array;
  readonly session: (token: string) => Uint8Array;
}

/** Everything besides the caller that use cases work with. Made once per process. */
export interface ControlServices {
  readonly database: Database;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly digests: Digests;
  readonly passwords: PasswordHasher;
  readonly attempts: AttemptLimiter;
  readonly keyAnnouncer: KeyAnnouncer;
  readonly signUp: SignUpRules;
}

export interface SignUpRules {
  readonly mode: 'open' | 'closed';
  /** What a new organization gets to try the product; nothing when it is zero. */
  readonly trialCreditNanoUsd: NanoUsd;
}

/** What a use case gets: who acts, from where, what can be read there, and the services. */
export interface ControlContext extends ControlServices, ReadContext {
  readonly ip: string | undefined;
}

/** The context of an actor. */
export function contextOf(services: ControlServices, actor: Actor, ip: string | undefined): ControlContext {
  const { database } = services;
  return { ...services, actor, ip, catalog: database, readers: database.forOrganization(actor.organizationId) };
}
