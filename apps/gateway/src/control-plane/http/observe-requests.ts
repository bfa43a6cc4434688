import { operations } from '@turnpike/contracts/operations';
import type { Logger } from '@turnpike/platform/log/logger';
import { atMostLabels, oneOfLabels } from '@turnpike/platform/telemetry/label-values';
import { durationBuckets, type Telemetry } from '@turnpike/platform/telemetry/telemetry';
import type { FastifyInstance } from 'fastify';
import { borderRequestId } from './request-facts.ts';

const methods = oneOfLabels('GET', 'POST', 'PATCH', 'DELETE');
/** Far more than the statuses that the API gives. */
const maxStatuses = 30;

/** Counts and times every request below `/api` by its operation's path, and writes one log line for each. Ids stay out of labels. */
export function observeRequests(server: FastifyInstance, telemetry: Telemetry, logger: Logger): void {
  const routes = oneOfLabels(...Object.values(operations).map(({ path }) => path));
  const requests = telemetry.counter({
    name: 'control_requests_total',
    help: 'Requests of the management API, by operation and status.',
    labels: { method: methods, route: routes, status: atMostLabels(maxStatuses) },
  });
  const durations = telemetry.histogram({
    name: 'control_request_duration_seconds',
    help: 'How long requests of the management API take.',
    labels: { method: methods, route: routes },
    buckets: durationBuckets,
  });
  server.addHook('onResponse', (request, reply, done) => {
    // Probes ask every second, and what they learn is in the figures anyway.
    if (!request.url.startsWith('/api')) {
      done();
      return;
    }
    const { method } = request;
    const route = (request.routeOptions.url ?? '').replaceAll(/:(\w+)/g, '{$1}');
    const durationMs = reply.elapsedTime;
    requests.add({ method, route, status: String(reply.statusCode) });
    durations.observe({ method, route }, durationMs / 1_000);
    logger.info(
      { requestId: borderRequestId(request), method, route, status: reply.statusCode, durationMs },
      'A management request was answered.',
    );
    done();
  });
}
