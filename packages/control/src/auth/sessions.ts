import type { SessionView } from '@turnpike/contracts/auth';
import { GatewayError } from '@turnpike/core/errors';
import { renderId, timeOfId } from '@turnpike/core/ids';
import type { SessionId, UserId } from '@turnpike/core/ids';
import { renderMembership } from '../organizations/render-organization.ts';
import type { ControlServices } from '../services.ts';
import type { SessionIdentity } from './act-as.ts';
import { isLive, sessionLifetimeMs, wantsTouch } from './session-lifetime.ts';

/** 256 bits: nobody guesses one, so a fast keyed digest is enough at rest. */
const tokenBytes = 32;

type SessionServices = Pick<ControlServices, 'database' | 'clock' | 'digests' | 'randomBytes'>;

/** A session that has just begun. The token goes into the cookie and is never seen again. */
export interface StartedSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Begins a session with a fresh secret, so that one that was planted or seen before a login is worth nothing. */
export async function startSession(
  { database, clock, digests, randomBytes }: SessionServices,
  userId: UserId,
  from: { readonly ip: string | undefined; readonly userAgent: string | undefined },
): Promise<StartedSession> {
  const token = Buffer.from(randomBytes(tokenBytes)).toString('base64url');
  const expiresAtMs = clock.nowMs() + sessionLifetimeMs;
  const sessionId = await database
    .forUser(userId)
    .createSession({ digest: digests.session(token), expiresAtMs, ...from });
  return { sessionId, userId, token, expiresAtMs };
}

/** Finds who a session's secret belongs to and notes that it is in use; undefined when it is unknown or over. */
export async function resumeSession(
  { database, clock, digests }: SessionServices,
  token: string,
): Promise<SessionIdentity | undefined> {
  const session = await database.findSession(digests.session(token));
  const nowMs = clock.nowMs();
  if (session === undefined || !isLive(session, nowMs)) {
    return undefined;
  }
  if (wantsTouch(session, nowMs)) {
    await database.forUser(session.userId).touchSession(session.sessionId, nowMs);
  }
  return session;
}

/** Ends a session, or with `everywhere` every session of its person. Ending one that is over changes nothing. */
export async function endSession(
  { database }: SessionServices,
  { sessionId, userId }: Pick<SessionIdentity, 'sessionId' | 'userId'>,
  { everywhere }: { readonly everywhere: boolean },
): Promise<void> {
  const user = database.forUser(userId);
  await (everywhere ? user.revokeAllSessions() : user.revokeSession(sessionId));
}

/** Who is signed in and where, without the token that only the border knows. Throws GatewayError `unauthenticated`. */
export async function describeSession(
  { database }: SessionServices,
  { sessionId, userId }: Pick<SessionIdentity, 'sessionId' | 'userId'>,
): Promise<Omit<SessionView, 'csrfToken'>> {
  const own = database.forUser(userId);
  const [user, memberships] = await Promise.all([own.find(), own.memberships()]);
  if (user === undefined) {
    throw new GatewayError('unauthenticated', 'Sign in first.');
  }
  return {
    user: {
      id: renderId('user', user.id),
      email: user.email,
      name: user.name,
      createdAt: new Date(user.createdAtMs).toISOString(),
    },
    memberships: memberships.map(renderMembership),
    expiresAt: new Date(timeOfId(sessionId) + sessionLifetimeMs).toISOString(),
  };
}
