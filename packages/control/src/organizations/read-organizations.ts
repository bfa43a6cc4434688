import type { MembershipListView, MembershipView } from '@turnpike/contracts/organizations';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { SessionIdentity } from '../auth/act-as.ts';
import type { ReadContext } from '../read-context.ts';
import type { ControlServices } from '../services.ts';
import { renderMembership } from './render-organization.ts';

/** The organizations that a person belongs to, the oldest membership first. */
export async function listMemberships(
  { database }: Pick<ControlServices, 'database'>,
  { userId }: Pick<SessionIdentity, 'userId'>,
): Promise<MembershipListView> {
  const memberships = await database.forUser(userId).memberships();
  return { items: memberships.map(renderMembership), nextCursor: null };
}

/** The actor's organization and role. Throws GatewayError `access_denied`, and `not_found` for an actor who is no member. */
export async function getMembership({ actor, readers }: ReadContext): Promise<MembershipView> {
  assertMay(actor, 'organization.read');
  const organization = await readers.organization.find();
  if (organization === undefined || actor.type !== 'member') {
    throw new GatewayError('not_found', 'There is no such organization.');
  }
  return renderMembership({ memberId: actor.memberId, role: actor.role, organization });
}
