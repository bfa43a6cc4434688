import 'server-only';
import type { SessionView } from '@turnpike/contracts/auth';
import type { MembershipView } from '@turnpike/contracts/organizations';
import type { ReadContext } from '@turnpike/control/read';
import type { MemberActor } from '@turnpike/core/access/authorize-actor';
import { parseId } from '@turnpike/core/ids';
import { createDashboardDatabase, type DashboardDatabase } from '@turnpike/db/client';
import { digestSession } from '@turnpike/platform/crypto/digests';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { config } from './main.ts';
import { requireSession, sessionToken } from './session.ts';

let opened: DashboardDatabase | undefined;

/** Postgres as role `dashboard`: sees rows only through a session, and nothing that is secret. Connects on first use. */
export function database(): DashboardDatabase {
  const { postgres } = config();
  opened ??= createDashboardDatabase({
    url: postgres.url.reveal(),
    poolSize: postgres.poolSize,
    applicationName: 'turnpike-dashboard',
  });
  return opened;
}

export const clock = { nowMs: () => Date.now() };

/**
 * The membership through which somebody may see an organization. A visitor is sent to the login; what is not theirs does
 * not exist: 404.
 */
export async function requireMembership(organizationId: string): Promise<MembershipView> {
  const session = await requireSession(`/o/${organizationId}`);
  return session.memberships.find((membership) => membership.organization.id === organizationId) ?? notFound();
}

/**
 * Who reads, and what: for the functions of `@turnpike/control/read`. The role decides what may be asked; which rows there
 * are is decided by the database, from the session alone.
 */
export const readContextOf = cache(async (organizationId: string): Promise<ReadContext> => {
  const [session, membership, token] = await Promise.all([
    requireSession(`/o/${organizationId}`),
    requireMembership(organizationId),
    sessionToken(),
  ]);
  const actor = actorOf(session, membership) ?? notFound();
  const digest = digestSession(config().session.pepper, token ?? '');
  return { actor, readers: database().readOrganizationAs(digest, actor.organizationId), catalog: database(), clock };
});

function actorOf(session: SessionView, { memberId, organization, role }: MembershipView): MemberActor | undefined {
  const ids = {
    organizationId: parseId('organization', organization.id),
    userId: parseId('user', session.user.id),
    memberId: parseId('member', memberId),
  };
  return ids.organizationId === undefined || ids.userId === undefined || ids.memberId === undefined
    ? undefined
    : { type: 'member', organizationId: ids.organizationId, userId: ids.userId, memberId: ids.memberId, role };
}
