import 'server-only';
import { headers } from 'next/headers';
import type { Transport } from '#lib/api.ts';
import { config } from './main.ts';

/** How long a page waits for the management API before it says that it cannot be reached. */
const deadlineMs = 10_000;

/** Calls the management API for the visitor of this page: with his cookies, and from his address. */
export const visitorTransport: Transport = async (path, init) => {
  const visitor = await headers();
  const sent = new Headers(init.headers);
  for (const name of ['cookie', 'x-forwarded-for', 'user-agent']) {
    const value = visitor.get(name);
    if (value !== null) {
      sent.set(name, value);
    }
  }
  return fetch(new URL(path, config().upstreams.controlApiUrl), {
    ...init,
    headers: sent,
    cache: 'no-store',
    signal: AbortSignal.timeout(deadlineMs),
  });
};
