import 'server-only';
import type { MembershipView } from '@turnpike/contracts/organizations';
import type { SessionView } from '@turnpike/contracts/auth';
import { sessionCookieNames } from '@turnpike/contracts/session-cookie';
import { cookies } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { ApiError } from '#lib/api-error.ts';
import { call } from '#lib/api.ts';
import { visitorTransport } from './api.ts';

/** Whether the visitor brings a session at all, valid or not: enough to choose between two links. */
export async function hasSessionCookie(): Promise<boolean> {
  const store = await cookies();
  return ['http://', 'https://'].some((scheme) => store.has(sessionCookieNames(scheme).session));
}

/** Who is looking at this page; undefined for a visitor. Asked once per request. */
export const readSession = cache(async (): Promise<SessionView | undefined> => {
  if (!(await hasSessionCookie())) {
    return undefined;
  }
  try {
    return await call('getSession', { transport: visitorTransport });
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      return undefined;
    }
    throw error;
  }
});

/** Who is looking at this page; a visitor is sent to the login, and comes back to `returnTo` from there. */
export async function requireSession(returnTo: string): Promise<SessionView> {
  return (await readSession()) ?? redirect(`/login?next=${encodeURIComponent(returnTo)}`);
}

/** The membership through which somebody may see an organization. What is not theirs does not exist: 404. */
export async function requireMembership(organizationId: string): Promise<MembershipView> {
  const session = await requireSession(`/o/${organizationId}`);
  return session.memberships.find((membership) => membership.organization.id === organizationId) ?? notFound();
}
