import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mintId, renderId } from '@turnpike/core/ids';
import type { RequestId } from '@turnpike/core/ids';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { assertSecurePublicUrl } from './control-plane-env.ts';
import { ControlPlaneModule } from './control-plane.module.ts';
import type { ControlPlaneDependencies } from './dependencies.ts';
import { observeRequests } from './http/observe-requests.ts';
import { parseStrictJson } from './http/parse-strict-json.ts';
import { renderError, toControlError } from './http/render-error.ts';
import { beginFacts } from './http/request-facts.ts';

export interface ControlPlaneServerOptions {
  /** Addresses or CIDR ranges whose X-Forwarded-For is believed; limits per address rest on it. */
  readonly trustedProxies: readonly string[];
}

/** The largest body that the management API takes: an API key with full allow-lists is a tenth of it. */
const bodyLimitBytes = 262_144;
/** A management request that takes longer is a slow loris. */
const requestTimeoutMs = 30_000;

/**
 * Makes the management API as an application that is ready to listen. Throws ConfigError for a public address over
 * which passwords would travel readable.
 */
export async function createControlPlane(
  dependencies: ControlPlaneDependencies,
  { trustedProxies }: ControlPlaneServerOptions,
): Promise<NestFastifyApplication> {
  assertSecurePublicUrl(dependencies.config);
  const adapter = new FastifyAdapter({
    trustProxy: [...trustedProxies],
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    exposeHeadRoutes: false,
    // Addresses that the router cannot read never reach a hook or a filter.
    frameworkErrors: (error: FastifyError, _request: unknown, reply: FastifyReply) => {
      const requestId = renderId('request', newRequestId(dependencies));
      const refusal = toControlError(error);
      reply
        .code(refusal.status)
        .headers({ ...commonHeaders, 'x-request-id': requestId, 'content-type': 'application/json; charset=utf-8' })
        .send(JSON.stringify(renderError(refusal, requestId)));
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(ControlPlaneModule.register(dependencies), adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  prepareServer(app.getHttpAdapter().getInstance(), dependencies);
  await app.init();
  return app;
}

/** Answers are about one person and change at any time: nobody on the way may keep them. */
const commonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

function prepareServer(server: FastifyInstance, dependencies: ControlPlaneDependencies): void {
  observeRequests(server, dependencies.telemetry, dependencies.logger);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseStrictJson(String(body)));
    } catch (error) {
      done(error instanceof Error ? error : new TypeError('The body could not be read.'));
    }
  });
  server.addHook('onRequest', (request, reply, done) => {
    const requestId = newRequestId(dependencies);
    beginFacts(request, requestId);
    reply.headers({ ...commonHeaders, 'x-request-id': renderId('request', requestId) });
    done();
  });
}

function newRequestId({ services }: ControlPlaneDependencies): RequestId {
  return mintId<'request'>(services.clock.nowMs(), services.randomBytes(10));
}
