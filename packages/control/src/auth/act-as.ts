import type { MemberActor } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { MemberId, OrganizationId, SessionId, UserId } from '@turnpike/core/ids';
import type { Role } from '@turnpike/core/access/roles';

/** Who is signed in, and where this person belongs. */
export interface SessionIdentity {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly memberships: readonly {
    readonly memberId: MemberId;
    readonly organizationId: OrganizationId;
    readonly role: Role;
  }[];
}

/**
 * The person of a session as a member of an organization. Throws GatewayError `not_found` for an organization that is
 * not theirs, the same as for one that does not exist.
 */
export function actAs(session: SessionIdentity, organizationId: OrganizationId): MemberActor {
  const membership = session.memberships.find((candidate) => candidate.organizationId === organizationId);
  if (membership === undefined) {
    throw new GatewayError('not_found', 'There is no such organization.');
  }
  const { memberId, role } = membership;
  return { type: 'member', organizationId, userId: session.userId, memberId, role };
}
