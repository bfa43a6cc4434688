import { errorCatalogue } from '@turnpike/core/errors';
import type { Logger } from '@turnpike/platform/log/logger';

/** Headers that belong to one connection (RFC 9110 §7.6.1), and those that fetch works out for itself. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'accept-encoding',
  'expect',
]);

/** fetch decodes bodies, so neither their length nor their coding is that of what we send. */
const notOurs = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding']);

/** What forwarding needs of a request; Next's own is one. */
export interface Forwardable {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly signal: AbortSignal;
}

export interface ForwardOptions {
  /** Scheme, host and port of whoever answers. */
  readonly origin: string;
  /** What is sent: see `forwardedHeaders` and `onlyHeaders`. */
  readonly headers: Headers;
  readonly logger: Logger;
}

/**
 * Passes a request to the same path below `origin` and streams the answer back. Nothing is held: bodies flow in both
 * directions as they come, and a client that leaves ends the request
 * behind it. Answers 503 in the API's error shape when nobody answers there.
 */
export async function forward(request: Forwardable, { origin, headers, logger }: ForwardOptions): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  try {
    const upstream = await fetch(new URL(pathname + search, origin), {
      method: request.method,
      headers,
      body: request.body,
      signal: request.signal,
      redirect: 'manual',
      cache: 'no-store',
      ...(request.body === null ? {} : { duplex: 'half' }),
    });
    return new Response(upstream.body, { status: upstream.status, headers: answerHeaders(upstream.headers) });
  } catch (error) {
    if (request.signal.aborted) {
      return new Response(null, { status: errorCatalogue.client_closed.status });
    }
    logger.error(
      { error, method: request.method, route: pathname, host: new URL(origin).host },
      'Nobody answered behind the dashboard.',
    );
    return unavailable();
  }
}

/** All headers of the client that a second hop may see, with where it came from. */
export function forwardedHeaders(request: Forwardable): Headers {
  const headers = new Headers();
  const named = new Set((request.headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase()));
  for (const [name, value] of request.headers) {
    if (!hopByHop.has(name) && !named.has(name) && !name.startsWith('x-middleware-') && !name.startsWith('x-next')) {
      headers.append(name, value);
    }
  }
  const host = request.headers.get('host');
  if (host !== null) {
    headers.set('x-forwarded-host', host);
  }
  headers.set('accept-encoding', 'identity');
  return headers;
}

/** The named headers of the client alone. */
export function onlyHeaders(request: Forwardable, names: readonly string[]): Headers {
  const headers = new Headers({ 'accept-encoding': 'identity' });
  for (const name of names) {
    const value = request.headers.get(name);
    if (value !== null) {
      headers.set(name, value);
    }
  }
  return headers;
}

function answerHeaders(from: Headers): Headers {
  const headers = new Headers();
  for (const [name, value] of from) {
    if (!notOurs.has(name) && name !== 'set-cookie') {
      headers.append(name, value);
    }
  }
  for (const cookie of from.getSetCookie()) {
    headers.append('set-cookie', cookie);
  }
  if (!headers.has('cache-control')) {
    headers.set('cache-control', 'no-store');
  }
  // Tells a reverse proxy in front of us not to gather a stream into one piece.
  headers.set('x-accel-buffering', 'no');
  return headers;
}

function unavailable(): Response {
  const code = 'service_unavailable';
  return Response.json(
    { error: { code, message: 'The service is not answering. Please try again in a moment.', requestId: '' } },
    { status: errorCatalogue[code].status, headers: { 'retry-after': '2', 'cache-control': 'no-store' } },
  );
}
