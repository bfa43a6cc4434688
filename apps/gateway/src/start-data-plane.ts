import { Module, type OnApplicationShutdown, Inject } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify } from 'fastify';

import type { Logger } from '@turnpike/platform/log/logger';
import { createTelemetry } from '@turnpike/platform/telemetry/telemetry';

import type { GatewayConfig } from './config.ts';
import {
  answerBrokenRequest,
  answerNothingHere,
  answerUnreadablePath,
  refuseMissingHost,
} from './data-plane/broken-request.ts';
import { openDataPlane, type DataPlane } from './data-plane/open-data-plane.ts';
import { maxBodyBytes, registerDataPlane } from './data-plane/routes.ts';
import { registerHealth } from './health/health-routes.ts';
import type { ProcessHandle, RunningFace } from './run-gateway.ts';
import { metricsSource } from './supervised-metrics.ts';

const DATA_PLANE = Symbol('data plane');

/** Slow headers keep a socket busy and nothing else: ten seconds are plenty for an honest client. */
const headersTimeoutMs = 10_000;
/** The whole body of 20 MB over a slow line. */
const requestTimeoutMs = 120_000;
/** Longer than the 60 s after which common load balancers drop their side, so that they never meet a closed socket. */
const keepAliveTimeoutMs = 75_000;
/** How long an idle keep-alive connection may delay a shutdown. */
const idleSweepMs = 100;

/** Ties the data plane's connections to the life of the Nest application. */
@Module({})
class DataPlaneModule implements OnApplicationShutdown {
  readonly #dataPlane: DataPlane;

  constructor(@Inject(DATA_PLANE) dataPlane: DataPlane) {
    this.#dataPlane = dataPlane;
  }

  onApplicationShutdown(): Promise<void> {
    return this.#dataPlane.close();
  }
}

/** Starts `/v1`. Nest builds and owns it; its calls never pass through a guard, pipe or interceptor. */
export async function startDataPlane(
  config: GatewayConfig,
  logger: Logger,
  handle: ProcessHandle,
): Promise<RunningFace> {
  const telemetry = createTelemetry({ labels: { service: 'gateway', instance: String(handle.pid) } });
  const dataPlane = await openDataPlane(config, logger, telemetry, handle.pid);
  const server = fastify({
    trustProxy: [...config.http.trustedProxies],
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    return503OnClosing: false,
    // Node would answer a missing Host with an empty 400; we say what is wrong.
    http: { requireHostHeader: false },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (_error, request, reply) => {
      reply.hijack();
      answerUnreadablePath(request.raw, reply.raw);
    },
    routerOptions: { maxParamLength: 512 },
  });
  server.server.headersTimeout = headersTimeoutMs;
  server.addHook('onRequest', refuseMissingHost);
  // Before Nest's adapter adds its own hooks to the server: what is registered here runs without them.
  await server.register(async (v1) => registerDataPlane(v1, dataPlane.ports), { prefix: '/v1' });
  server.all('/*', (request, reply) => {
    reply.hijack();
    answerNothingHere(request.raw, reply.raw);
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: DataPlaneModule, providers: [{ provide: DATA_PLANE, useValue: dataPlane }] },
    new FastifyAdapter(server),
    { logger: false },
  );
  let isDraining = false;
  registerHealth(server, {
    readiness: () => ({ ...dataPlane.readiness(), ...(isDraining ? { isReady: false } : {}) }),
    metrics: metricsSource(telemetry, handle),
    metricsToken: config.gateway.metricsToken?.reveal(),
  });
  await app.listen(config.http.port, config.http.host);
  logger.info({ component: 'start', host: config.http.host, port: config.http.port }, 'The data plane is listening.');

  return {
    async stop(drainMs) {
      isDraining = true;
      const closed = new Promise<void>((resolve) => server.server.close(() => resolve()));
      const sweep = setInterval(() => server.server.closeIdleConnections(), idleSweepMs);
      await dataPlane.ports.inFlight.drain(drainMs);
      server.server.closeIdleConnections();
      setTimeout(() => server.server.closeAllConnections(), idleSweepMs).unref();
      await closed;
      clearInterval(sweep);
      await app.close();
    },
    hurry: (drainMs) => dataPlane.ports.inFlight.hurry(drainMs),
  };
}
