import type { operations } from '@turnpike/contracts/operations';
import { csrfHeader, sessionCookieNames } from '@turnpike/contracts/session-cookie';
import type { z } from 'zod';
import { apiErrorOf, toApiError } from './api-error.ts';
import { endpoints, type EndpointId } from './endpoints.ts';

type Operations = typeof operations;

/** What an operation answers; null where its answer has no body. */
export type AnswerOf<Id extends EndpointId> =
  Operations[Id]['success']['schema'] extends z.ZodType<infer Answer> ? Answer : null;

/** What an operation takes as its body, as it travels. */
export type BodyOf<Id extends EndpointId> = Operations[Id]['body'] extends z.ZodType
  ? z.input<Operations[Id]['body']>
  : undefined;

type QueryOf<Id extends EndpointId> = Operations[Id]['query'] extends z.ZodObject
  ? { readonly [Name in keyof z.input<Operations[Id]['query']>]?: QueryValue }
  : Record<string, never>;

type ParamsOf<Id extends EndpointId> = Operations[Id]['params'] extends z.ZodObject
  ? { readonly [Name in keyof z.input<Operations[Id]['params']>]: string }
  : Record<string, never>;

type QueryValue = string | number | boolean | undefined;

/** How a request gets out: `fetch` in the browser, with the visitor's cookies on the server. */
export type Transport = (path: string, init: RequestInit) => Promise<Response>;

export interface CallOptions<Id extends EndpointId> {
  /** Values for the braces of the path. */
  readonly params?: ParamsOf<Id>;
  readonly query?: QueryOf<Id>;
  readonly body?: BodyOf<Id>;
  readonly signal?: AbortSignal;
  readonly transport?: Transport;
}

/**
 * Calls an operation of the management API. Answers are of our own server, of the same release, which is tested against
 * the same contracts: they are believed, not parsed again. Throws ApiError.
 */
export async function call<Id extends EndpointId>(id: Id, options: CallOptions<Id> = {}): Promise<AnswerOf<Id>> {
  const { transport = browserTransport, params = {}, query = {}, body, signal } = options;
  const [method = 'GET', path = ''] = endpoints[id].split(' ');
  const response = await transport(addressOf(path, params, query), {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw toApiError(error);
  });
  if (!response.ok) {
    throw await apiErrorOf(response);
  }
  const text = await response.text();
  return JSON.parse(text === '' ? 'null' : text);
}

/** The path with its braces filled and its query appended; parameters without a value are left out. */
export function addressOf(
  path: string,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, QueryValue>>,
): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) {
      throw new TypeError(`The path ${path} needs a value for ${name}.`);
    }
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      search.set(name, String(value));
    }
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

/** The value that the management API wants back in a header from every request that changes something. */
export function csrfTokenIn(cookies: string, origin: string): string | undefined {
  const prefix = `${sessionCookieNames(origin).csrf}=`;
  return cookies
    .split('; ')
    .find((cookie) => cookie.startsWith(prefix))
    ?.slice(prefix.length);
}

const browserTransport: Transport = (path, init) => {
  const token = csrfTokenIn(document.cookie, location.origin);
  const headers = new Headers(init.headers);
  if (token !== undefined) {
    headers.set(csrfHeader, token);
  }
  return fetch(path, { ...init, headers, credentials: 'same-origin', cache: 'no-store' });
};
