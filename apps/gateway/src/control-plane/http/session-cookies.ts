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
  const secure = isHttps(publicUrl) ? '; Secure' : '';
  const set = (
    reply: FastifyReply,
    name: string,
    value: string,
    expiresAt: Date,
    httpOnly: '' | '; HttpOnly',
  ): void => {
    const attributes = `Path=/; Expires=${expiresAt.toUTCString()}${httpOnly}${secure}; SameSite=Lax`;
    reply.header('set-cookie', `${name}=${value}; ${attributes}`);
  };
  const past = new Date(0);
  return {
    read(request) {
      const token = valueOf(request.headers.cookie ?? '', names.session);
      return token !== undefined && tokenPattern.test(token) ? token : undefined;
    },
    write(reply, { token, expiresAt }) {
      set(reply, names.session, token, expiresAt, '; HttpOnly');
      set(reply, names.csrf, csrfTokenOf(token), expiresAt, '');
    },
    clear(reply) {
      set(reply, names.session, '', past, '; HttpOnly');
      set(reply, names.csrf, '', past, '');
    },
  };
}

/** The value of a cookie. Ours need no decoding: their characters are those of base64url. */
function valueOf(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) {
      return pair.slice(at + 1).trim();
    }
  }
  return undefined;
}
