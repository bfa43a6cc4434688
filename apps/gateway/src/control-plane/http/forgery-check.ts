import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { GatewayError } from '@turnpike/core/errors';
import { csrfHeader } from '@turnpike/contracts/session-cookie';
import { equalsInConstantTime } from '@turnpike/platform/crypto/digests';

/** What the check reads of a request; header names in lower case. */
export interface ForgeryEvidence {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Undefined when the request carries no session: then only the browser's own testimony is checked. */
  readonly sessionToken: string | undefined;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The token that a page of ours sends back with every change. It is made of the session's secret, which other sites
 * cannot read, and does not reveal it; a planted cookie does not help, because it is compared with the session.
 */
export function csrfTokenOf(sessionToken: string): string {
  return createHash('sha256').update('csrf:').update(sessionToken).digest('base64url');
}

/**
 * Refuses a change that another site made a browser send. Browsers say where a request comes from (Origin,
 * Sec-Fetch-Site), and when they say it must be us; with a session the token is demanded besides. Throws GatewayError
 * `access_denied`.
 */
export function assertNotForged({ method, headers, sessionToken }: ForgeryEvidence, publicUrl: string): void {
  if (safeMethods.has(method.toUpperCase())) {
    return;
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw forged('This request came from another site.');
  }
  const { origin } = headers;
  if (origin !== undefined && (typeof origin !== 'string' || !isOwnOrigin(origin, publicUrl))) {
    throw forged('This request came from another site.');
  }
  if (sessionToken !== undefined && !isTokenOf(headers[csrfHeader], sessionToken)) {
    throw forged(`Send the session's csrfToken in the header ${csrfHeader}.`);
  }
}

function isTokenOf(given: string | readonly string[] | undefined, sessionToken: string): boolean {
  return typeof given === 'string' && equalsInConstantTime(Buffer.from(given), Buffer.from(csrfTokenOf(sessionToken)));
}

/** On a developer's machine `localhost`, `127.0.0.1` and `[::1]` are one place; anywhere else only equality counts. */
function isOwnOrigin(origin: string, publicUrl: string): boolean {
  const given = URL.parse(origin);
  const own = new URL(publicUrl);
  if (given === null || given.origin !== origin) {
    return false;
  }
  return (
    given.origin === own.origin ||
    (given.protocol === own.protocol &&
      given.port === own.port &&
      isLoopback(given.hostname) &&
      isLoopback(own.hostname))
  );
}

/** True for the names and addresses by which a machine reaches itself, as they stand in a URL. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

function forged(message: string): GatewayError {
  return new GatewayError('access_denied', message);
}
