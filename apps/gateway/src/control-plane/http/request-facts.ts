import type { ControlContext } from '@turnpike/control/services';
import type { SessionIdentity } from '@turnpike/control/auth/act-as';
import { renderId } from '@turnpike/core/ids';
import type { RequestId } from '@turnpike/core/ids';
import type { FastifyRequest } from 'fastify';

/** The session behind a request, with the secret that its cookie carries. */
export interface RequestSession {
  readonly identity: SessionIdentity;
  readonly token: string;
}

/** What the guard found out about a request and handlers rely on. */
export interface RequestFacts {
  readonly requestId: RequestId;
  /** Undefined where nobody is signed in, or where a management key calls. */
  session: RequestSession | undefined;
  /** Who acts in the organization of the path, with everything that use cases need; undefined where there is none. */
  context: ControlContext | undefined;
}

/** Keyed by the request itself: nothing is written into an object of Fastify's, and nothing outlives the request. */
const factsByRequest = new WeakMap<FastifyRequest, RequestFacts>();

/** Begins the facts of a request, when it arrives. */
export function beginFacts(request: FastifyRequest, requestId: RequestId): void {
  factsByRequest.set(request, { requestId, session: undefined, context: undefined });
}

/** The facts of a request. Throws TypeError when it did not come through the control plane's door. */
export function factsOf(request: FastifyRequest): RequestFacts {
  const facts = factsByRequest.get(request);
  if (facts === undefined) {
    throw new TypeError('The control plane did not see this request arrive.');
  }
  return facts;
}

/** The id that a caller can quote; undefined when the request never reached the control plane. */
export function borderRequestId(request: FastifyRequest): string | undefined {
  const facts = factsByRequest.get(request);
  return facts === undefined ? undefined : renderId('request', facts.requestId);
}
