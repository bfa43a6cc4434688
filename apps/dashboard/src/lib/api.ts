import type { HttpMethod } from '@turnpike/contracts/operation';
import { csrfHeader, sessionCookieNames } from '@turnpike/contracts/session-cookie';
import type { z } from 'zod';
import { apiErrorOf, toApiError } from './api-error.ts';

interface Callable {
  readonly method: HttpMethod;
  readonly path: string;
}

/** An operation of the contracts whose answer has a body. */
interface Reading<Output> extends Callable {
  readonly success: { readonly schema: z.ZodType<Output> };
}

/** An operation that takes a body; what may be sent is inferred from its schema. */
interface Taking<Body> extends Callable {
  readonly body: z.ZodType<unknown, Body> | null;
}

type QueryValue = string | number | boolean | undefined;

/** How a request gets out: `fetch` in the browser, with the visitor's cookies on the server. */
export type Transport = (path: string, init: RequestInit) => Promise<Response>;

export interface CallOptions<Body> {
  /** Values for the braces of the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: Body;
  readonly signal?: AbortSignal;
  readonly transport?: Transport;
}

/** Calls an operation and gives its parsed answer. Throws ApiError. */
export async function read<Output, Body>(
  operation: Reading<Output> & Taking<Body>,
  options: CallOptions<Body> = {},
): Promise<Output> {
  const response = await send(operation, options);
  return operation.success.schema.parse(await response.json());
}

/** Calls an operation whose answer has no body. Throws ApiError. */
export async function run<Body>(operation: Taking<Body>, options: CallOptions<Body> = {}): Promise<void> {
  await send(operation, options);
}

async function send<Body>(operation: Callable, options: CallOptions<Body>): Promise<Response> {
  const { transport = browserTransport, body, signal } = options;
  const response = await transport(addressOf(operation.path, options.params ?? {}, options.query ?? {}), {
    method: operation.method.toUpperCase(),
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw toApiError(error);
  });
  if (!response.ok) {
    throw await apiErrorOf(response);
  }
  return response;
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
