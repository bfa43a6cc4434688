import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';

import { GatewayError, toGatewayError } from '@turnpike/core/errors';
import type { RequestId } from '@turnpike/core/ids';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';

import type { CallsInFlight } from './calls-in-flight.ts';
import { accountRoutes, type AccountPorts } from './account/account-routes.ts';
import { toCall, toSink } from './fastify-transport.ts';
import { handleInference, type Stages } from './handle-inference.ts';
import type { CallObserver } from './observe-call.ts';
import { respondError } from './stages/respond-error.ts';

export interface DataPlanePorts {
  readonly stages: Stages;
  readonly account: AccountPorts;
  readonly mintRequestId: () => RequestId;
  readonly observer: CallObserver;
  readonly inFlight: CallsInFlight;
}

interface InferenceRoute {
  readonly path: string;
  readonly protocol: ProtocolName;
  readonly operation: Operation;
}

const inferenceRoutes: readonly InferenceRoute[] = [
  { path: '/chat/completions', protocol: 'openai-chat', operation: 'chat' },
  { path: '/messages', protocol: 'anthropic-messages', operation: 'chat' },
  { path: '/embeddings', protocol: 'openai-embeddings', operation: 'embeddings' },
];

/** Larger bodies are refused before they are read to the end. */
export const maxBodyBytes = 20 * 1024 * 1024;
const allMethods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * The public `/v1`: plain handlers on Fastify, registered with the prefix. Every way out is JSON in the shape of the
 * path's protocol, also for unknown paths, wrong methods and bodies that cannot be read.
 */
export function registerDataPlane(app: FastifyInstance, ports: DataPlanePorts): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error, request, reply) => refuse(ports, request, reply, toFastifyRefusal(error)));
  app.setNotFoundHandler((request, reply) =>
    refuse(
      ports,
      request,
      reply,
      new GatewayError('not_found', `There is nothing at ${request.method} ${pathOf(request)}.`),
    ),
  );
  for (const route of inferenceRoutes) {
    app.post(route.path, { bodyLimit: maxBodyBytes }, (request, reply) => serveInference(ports, route, request, reply));
    refuseOtherMethods(app, ports, route.path, ['POST']);
  }
  for (const route of accountRoutes(ports.account)) {
    app.get(route.path, async (request, reply) => serveAccount(ports, request, reply, route.handle));
    refuseOtherMethods(app, ports, route.path, ['GET', 'HEAD']);
  }
}

async function serveInference(
  ports: DataPlanePorts,
  route: InferenceRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const requestId = ports.mintRequestId();
  const call = toCall(request, { requestId, protocol: route.protocol, operation: route.operation }, ports.stages.clock);
  const sink = toSink(reply);
  try {
    assertNotEncoded(request);
    const summary = await ports.inFlight.track(sink, () => handleInference(ports.stages, call, sink));
    ports.observer.onServed(call, summary);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    ports.observer.onFailed(call, error);
    respondError(sink, route.protocol, error, requestId);
  }
}

async function serveAccount(
  ports: DataPlanePorts,
  request: FastifyRequest,
  reply: FastifyReply,
  handle: ReturnType<typeof accountRoutes>[number]['handle'],
): Promise<void> {
  const requestId = ports.mintRequestId();
  const call = toCall(request, { requestId, protocol: protocolOf(request), operation: 'chat' }, ports.stages.clock);
  const sink = toSink(reply);
  try {
    const body = Buffer.from(JSON.stringify(await handle(ports.stages, call, request)));
    sink.head(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-store',
    });
    sink.end(request.method === 'HEAD' ? undefined : body);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    ports.observer.onFailed(call, error);
    respondError(sink, call.protocol, error, requestId);
  }
}

function refuseOtherMethods(
  app: FastifyInstance,
  ports: DataPlanePorts,
  path: string,
  allowed: readonly HTTPMethods[],
): void {
  app.route({
    url: path,
    method: allMethods.filter((method) => !allowed.includes(method)),
    handler: (request, reply) => {
      reply.raw.setHeader('allow', allowed.join(', '));
      refuse(
        ports,
        request,
        reply,
        new GatewayError('method_not_allowed', `Use ${allowed[0] ?? 'POST'} for ${pathOf(request)}.`),
      );
    },
  });
}

/** Answers a request that never became a call. */
function refuse(ports: DataPlanePorts, request: FastifyRequest, reply: FastifyReply, error: GatewayError): void {
  const requestId = ports.mintRequestId();
  const call = toCall(request, { requestId, protocol: protocolOf(request), operation: 'chat' }, ports.stages.clock);
  ports.observer.onFailed(call, error);
  respondError(toSink(reply), call.protocol, error, requestId);
}

function assertNotEncoded(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new GatewayError('unsupported_media_type', 'Send the body uncompressed: content-encoding is not supported.');
  }
}

function toFastifyRefusal(error: unknown): GatewayError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new GatewayError('payload_too_large', `The body is larger than ${maxBodyBytes / 1024 / 1024} MB.`, {
        cause: error,
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_TYPE':
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_BAD_URL':
    case 'ECONNRESET':
    case 'ECONNABORTED':
      return new GatewayError('invalid_request', 'The request could not be read to its end.', { cause: error });
    default:
      return toGatewayError(error);
  }
}

function protocolOf(request: FastifyRequest): ProtocolName {
  return pathOf(request).startsWith('/v1/messages') ? 'anthropic-messages' : 'openai-chat';
}

function pathOf(request: FastifyRequest): string {
  return (request.url.split('?')[0] ?? '').slice(0, 200);
}
