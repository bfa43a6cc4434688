import 'reflect-metadata';

import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';

import { ConfigError } from '@turnpike/platform/config/define-config';
import { createLogger } from '@turnpike/platform/log/logger';

import { gatewayConfig, type GatewayConfig } from './config.ts';
import { runGateway } from './run-gateway.ts';
import { runSupervisor } from './supervisor.ts';

/** Reads the configuration before anything connects; every problem is printed at once, by name and never by value. */
function readConfig(): GatewayConfig {
  try {
    return gatewayConfig.parse(process.env);
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    throw error;
  }
}

const config = readConfig();
const processes = config.gateway.processes === 'auto' ? availableParallelism() : Number(config.gateway.processes);
const service = config.gateway.roles.includes('data') ? 'gateway' : 'control';

if (cluster.isPrimary && processes > 1) {
  runSupervisor(processes, createLogger({ level: config.log.level, service: 'supervisor' }), process);
} else {
  const logger = createLogger({ level: config.log.level, service, isBuffered: true });
  process.on('exit', () => logger.flush());
  try {
    await runGateway(config, logger, process);
  } catch (error) {
    logger.fatal({ component: 'start', error }, 'The gateway could not start.');
    process.stderr.write(`The gateway could not start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
