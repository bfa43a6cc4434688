import { defineConfig } from '@turnpike/platform/config/define-config';
import { httpEnv, logEnv, postgresEnv, redisEnv } from '@turnpike/platform/config/env-fragments';

/** The whole configuration of a worker process. */
export const workerConfig = defineConfig({
  http: httpEnv('WORKER', 8_082),
  log: logEnv,
  postgres: postgresEnv,
  redis: redisEnv,
});

export type WorkerConfig = ReturnType<typeof workerConfig.parse>;
