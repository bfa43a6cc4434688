import 'server-only';
import type { SessionView } from '@turnpike/contracts/auth';
import { sessionCookieNames } from '@turnpike/contracts/session-cookie';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { ApiError } from '#lib/api-error.ts';
import { call } from '#lib/api.ts';
import { visitorTransport } from './api.ts';

/** What the visitor's browser holds of a session, valid or not: enough to choose between two links, never to let anybody in. */
export async function sessionToken(): Promise<string | undefined> {
  const store = await cookies();
  const names = ['https://', 'http://'].map((scheme) => sessionCookieNames(scheme).session);
  return names.map((name) => store.get(name)?.value).find((value) => value !== undefined && value !== '');
}

/**
 * Who is looking at this page; undefined for a visitor. Asked of the management API, which also notes that the session
 * is in use, and once per page.
 */
export const readSession = cache(async (): Promise<SessionView | undefined> => {
  if ((await sessionToken()) === undefined) {
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
