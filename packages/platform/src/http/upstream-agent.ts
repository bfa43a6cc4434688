import { Agent, type Dispatcher } from 'undici';
import { createGuardedConnector, type ResolveHost } from './guarded-connector.ts';

export interface UpstreamAgentOptions {
  /** Whether loopback and private addresses may be called. */
  readonly allowsPrivate: boolean;
  /** For tests of names; the system's resolver by default. */
  readonly resolve?: ResolveHost;
}

/** How the connections to all providers stand together. */
export interface UpstreamFigures {
  readonly connected: number;
  readonly running: number;
  /** Requests that wait for a connection: should be 0, for a small pool shows only as a late first token. */
  readonly queued: number;
}

/** A provider that does not answer a connection within this time is down; the next endpoint is tried. */
export const connectTimeoutMs = 5_000;
/** Outer bound for the first byte: models that think before they answer have taken minutes. Calls set their own. */
export const headersTimeoutMs = 600_000;
/** Outer bound between two pieces of an answer: providers send a keep-alive comment at least once a minute. */
export const bodyTimeoutMs = 120_000;
/** Shorter than the 60 s after which common load balancers close idle connections. */
export const keepAliveTimeoutMs = 30_000;
/** A connection this old is replaced when it is next idle, so that changes of a provider's DNS are followed. */
export const connectionLifetimeMs = 300_000;
/** Each running stream holds a connection; one process carries a few thousand streams at most. */
export const maxConnectionsPerOrigin = 4_096;
/** The longest known answers (embeddings of a full batch as JSON) are some 30 MB. */
export const maxResponseBytes = 128 * 1_048_576;
export const maxResponseHeaderBytes = 32 * 1_024;

/**
 * The one way out to providers: a pool per origin, HTTP/1.1, one request at a time on a connection, no redirects,
 * uncompressed answers, and connections only to allowed addresses. Use `dispatch`: undici's `fetch` costs ten times
 * as much per request.
 */
export class UpstreamAgent extends Agent {
  constructor({ allowsPrivate, resolve }: UpstreamAgentOptions) {
    super({
      connect: createGuardedConnector({ allowsPrivate }, connectTimeoutMs, resolve),
      connections: maxConnectionsPerOrigin,
      pipelining: 1,
      allowH2: false,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      keepAliveMaxTimeout: keepAliveTimeoutMs,
      clientTtl: connectionLifetimeMs,
      maxResponseSize: maxResponseBytes,
      maxHeaderSize: maxResponseHeaderBytes,
    });
  }

  /**
   * Sends a request. `accept-encoding: identity` is added here and must not be given: a compressed stream would have
   * to be inflated to be metered, and a chain of encodings is a bomb. Headers are a flat list of names and values.
   */
  override dispatch(options: UpstreamRequestOptions, handler: Dispatcher.DispatchHandler): boolean {
    return super.dispatch({ ...options, headers: [...options.headers, 'accept-encoding', 'identity'] }, handler);
  }

  /** Sums of all pools, for gauges. */
  figures(): UpstreamFigures {
    let [connected, running, queued] = [0, 0, 0];
    for (const stats of Object.values(this.stats)) {
      connected += Number(stats.connected);
      running += stats.running;
      queued += 'queued' in stats ? stats.queued : 0;
    }
    return { connected, running, queued };
  }
}

export interface UpstreamRequestOptions extends Agent.DispatchOptions {
  readonly headers: string[];
}
