import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import { ConfigError } from '@turnpike/platform/config/define-config';
import { createLogger } from '@turnpike/platform/log/logger';
import { createTelemetry } from '@turnpike/platform/telemetry/telemetry';

import { workerConfig, type WorkerConfig } from './config.ts';
import { createHealthServer } from './health-server.ts';
import { WORKER_PARTS, WorkerModule, type WorkerParts } from './worker.module.ts';

/** Reads the configuration before anything connects; every problem is printed at once, by name and never by value. */
function readConfig(): WorkerConfig {
  try {
    return workerConfig.parse(process.env);
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    throw error;
  }
}

const config = readConfig();
const logger = createLogger({ level: config.log.level, service: 'worker' });
try {
  const telemetry = createTelemetry({ labels: { service: 'worker', instance: String(process.pid) } });
  const app = await NestFactory.createApplicationContext(WorkerModule.register(config, logger, telemetry), {
    logger: false,
    abortOnError: false,
  });
  const health = createHealthServer(app.get<WorkerParts>(WORKER_PARTS), telemetry);
  health.listen(config.http.port, config.http.host, () => {
    logger.info({ component: 'start', host: config.http.host, port: config.http.port }, 'The worker is working.');
  });

  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ component: 'shutdown', reason: signal }, 'Draining.');
    health.close();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ component: 'shutdown', error }, 'Stopping failed.');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  logger.fatal({ component: 'start', error }, 'The worker could not start.');
  process.stderr.write(`The worker could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
