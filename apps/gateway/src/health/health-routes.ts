import type { FastifyInstance } from 'fastify';

/** Whether a process can do its work, in its own words. */
export interface Readiness {
  readonly isReady: boolean;
  /** What is checked, by name: `ok`, or what is wrong. Never an address or a credential. */
  readonly checks: Readonly<Record<string, string>>;
}

export interface HealthPorts {
  readonly readiness: () => Readiness | Promise<Readiness>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Callers that present this token may read the figures from anywhere; without one, only this host may. */
  readonly metricsToken: string | undefined;
}

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * `/health/live`: the process answers. `/health/ready`: it can serve, with its checks. `/metrics`: figures for
 * Prometheus, from this host or with the token.
 */
export function registerHealth(app: FastifyInstance, ports: HealthPorts): void {
  app.get('/health/live', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const { isReady, checks } = await ports.readiness();
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: isReady ? 'ok' : 'unavailable', ...checks });
  });
  app.get('/metrics', async (request, reply) => {
    const isTrusted =
      ports.metricsToken === undefined
        ? loopback.has(request.ip)
        : request.headers.authorization === `Bearer ${ports.metricsToken}`;
    if (!isTrusted) {
      return reply
        .code(403)
        .send({ error: { code: 'access_denied', message: 'Set METRICS_TOKEN and send it as a bearer token.' } });
    }
    const { contentType, text } = await ports.metrics();
    return reply.header('content-type', contentType).send(text);
  });
}
