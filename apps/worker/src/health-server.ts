import { createServer, type Server } from 'node:http';

import type { Telemetry } from '@turnpike/platform/telemetry/telemetry';

import type { WorkerParts } from './worker.module.ts';

/** Serves `/health/live`, `/health/ready` and `/metrics`, and nothing else: a worker has no other door. */
export function createHealthServer(parts: WorkerParts, telemetry: Telemetry): Server {
  return createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const [path = '/'] = (request.url ?? '/').split('?', 1);
      switch (path) {
        case '/health/live':
          response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
          return;
        case '/health/ready': {
          const checks = await readChecks(parts);
          const isReady = Object.values(checks).every((check) => check === 'ok');
          response
            .writeHead(isReady ? 200 : 503, { 'content-type': 'application/json' })
            .end(JSON.stringify({ status: isReady ? 'ok' : 'unavailable', ...checks }));
          return;
        }
        case '/metrics':
          response.writeHead(200, { 'content-type': telemetry.contentType }).end(await telemetry.render());
          return;
        default:
          response
            .writeHead(404, { 'content-type': 'application/json' })
            .end('{"error":{"code":"not_found","message":"There is nothing here."}}');
      }
    };
    answer().catch(() => response.destroy());
  });
}

async function readChecks({ database, redis }: WorkerParts): Promise<Readonly<Record<string, string>>> {
  const postgres = await database.ping().then(
    () => 'ok',
    () => 'does not answer',
  );
  return { postgres, redis: redis.status === 'ready' ? 'ok' : 'does not answer' };
}
