import { createControlServices } from '@turnpike/control/create-control-services';
import { createDatabase } from '@turnpike/db/client';
import type { Logger } from '@turnpike/platform/log/logger';
import { closeConnection, createBackgroundConnection, waitUntilReady } from '@turnpike/platform/redis/redis-client';
import { createTelemetry } from '@turnpike/platform/telemetry/telemetry';

import type { GatewayConfig } from './config.ts';
import { createControlPlane } from './control-plane/create-control-plane.ts';
import { registerHealth } from './health/health-routes.ts';
import type { ProcessHandle, RunningFace } from './run-gateway.ts';
import { metricsSource } from './supervised-metrics.ts';

const startTimeoutMs = 10_000;

/** Starts `/api`. Throws when Postgres or Redis cannot be used, or when the configuration is not safe. */
export async function startControlPlane(
  config: GatewayConfig,
  logger: Logger,
  handle: ProcessHandle,
): Promise<RunningFace> {
  const telemetry = createTelemetry({ labels: { service: 'control', instance: String(handle.pid) } });
  const database = createDatabase({
    url: config.postgres.url.reveal(),
    poolSize: config.postgres.poolSize,
    applicationName: 'turnpike-control',
  });
  const redis = createBackgroundConnection({ url: config.redis.url, name: 'control', logger });
  let isStopping = false;
  await waitUntilReady(redis, startTimeoutMs);
  const app = await createControlPlane(
    {
      config: config.controlPlane,
      logger,
      telemetry,
      services: createControlServices({
        database,
        redis,
        logger,
        clock: { nowMs: () => Date.now() },
        apiKeyPepper: config.digests.apiKeyPepper,
        sessionPepper: config.digests.sessionPepper,
        signUp: { mode: config.controlPlane.signUpMode, trialCreditNanoUsd: config.controlPlane.trialCreditNanoUsd },
      }),
    },
    { trustedProxies: config.controlHttp.trustedProxies },
  );
  registerHealth(app.getHttpAdapter().getInstance(), {
    readiness: async () => {
      const postgres = await database.ping().then(
        () => 'ok',
        () => 'does not answer',
      );
      const cache = redis.status === 'ready' ? 'ok' : 'does not answer';
      return { isReady: !isStopping && postgres === 'ok' && cache === 'ok', checks: { postgres, redis: cache } };
    },
    metrics: metricsSource(telemetry, handle),
    metricsToken: config.gateway.metricsToken?.reveal(),
  });
  await app.listen(config.controlHttp.port, config.controlHttp.host);
  logger.info(
    { component: 'start', host: config.controlHttp.host, port: config.controlHttp.port },
    'The control plane is listening.',
  );

  return {
    async stop() {
      isStopping = true;
      await app.close();
      await Promise.all([closeConnection(redis), database.close()]);
    },
    // Its requests are short: there is no wait to shorten.
    hurry: () => {},
  };
}
