/** The header that carries the session's `csrfToken` on every request that changes something. */
export const csrfHeader = 'x-csrf-token';

export interface SessionCookieNames {
  /** HttpOnly; holds the session's secret. */
  readonly session: string;
  /** Readable by scripts of our own pages, which send it back in `csrfHeader`. */
  readonly csrf: string;
}

/**
 * The names of the cookies under a public URL. Over https they carry `__Host-`, which a browser only accepts with
 * Secure, without a domain and for the whole host: a sibling domain cannot plant them. Over plain http (a developer's
 * machine) browsers would refuse that prefix.
 */
export function sessionCookieNames(publicUrl: string): SessionCookieNames {
  const prefix = isHttps(publicUrl) ? '__Host-' : '';
  return { session: `${prefix}turnpike_session`, csrf: `${prefix}turnpike_csrf` };
}

/** True when the product is reached over https. */
export function isHttps(publicUrl: string): boolean {
  return publicUrl.toLowerCase().startsWith('https://');
}
