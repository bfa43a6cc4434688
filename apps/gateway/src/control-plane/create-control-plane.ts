import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mintId, renderId } from '@turnpike/core/ids';
import type { FastifyInstance } from 'fastify';
import { assertSecurePublicUrl } from './control-plane-env.ts';
import { ControlPlaneModule } from './control-plane.module.ts';
import type { ControlPlaneDependencies } from './dependencies.ts';
import { parseStrictJson } from './http/parse-strict-json.ts';
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

function prepareServer(server: FastifyInstance, { services }: ControlPlaneDependencies): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseStrictJson(String(body)));
    } catch (error) {
      done(error instanceof Error ? error : new TypeError('The body could not be read.'));
    }
  });
  server.addHook('onRequest', (request, reply, done) => {
    const requestId = mintId<'request'>(services.clock.nowMs(), services.randomBytes(10));
    beginFacts(request, requestId);
    reply.header('x-request-id', renderId('request', requestId));
    reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
}
