import { fastifyCookie } from '@fastify/cookie';
import { isHttps, sessionCookieNames } from '@turnpike/contracts/session-cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csrfTokenOf } from './forgery-check.ts';

/** Reads and writes the cookies of a session. */
export interface SessionCookies {
  /** The session's secret; undefined without a plausible one. */
  read(request: FastifyRequest): string | undefined;
  write(reply: FastifyReply, session: { readonly token: string; readonly expiresAt: Date }): void;
  clear(reply: FastifyReply): void;
}

/** Ours are 43 characters of base64url; nothing else is worth a look-up. */
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** Makes the cookies of a public URL: Secure with `__Host-` over https, plain on a developer's machine. */
export function createSessionCookies(publicUrl: string): SessionCookies {
  const names = sessionCookieNames(publicUrl);
  const attributes = { path: '/', sameSite: 'lax', secure: isHttps(publicUrl) } as const;
  const set = (
    reply: FastifyReply,
    name: string,
    value: string,
    options: { httpOnly: boolean; expires: Date },
  ): void => {
    reply.header('set-cookie', fastifyCookie.serialize(name, value, { ...attributes, ...options }));
  };
  return {
    read(request) {
      const token = fastifyCookie.parse(request.headers.cookie ?? '')[names.session];
      return token !== undefined && tokenPattern.test(token) ? token : undefined;
    },
    write(reply, { token, expiresAt }) {
      set(reply, names.session, token, { httpOnly: true, expires: expiresAt });
      set(reply, names.csrf, csrfTokenOf(token), { httpOnly: false, expires: expiresAt });
    },
    clear(reply) {
      set(reply, names.session, '', { httpOnly: true, expires: new Date(0) });
      set(reply, names.csrf, '', { httpOnly: false, expires: new Date(0) });
    },
  };
}
