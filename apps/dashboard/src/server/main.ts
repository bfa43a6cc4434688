import { createLogger, type Logger } from '@turnpike/platform/log/logger';
import { dashboardConfig } from './config.ts';

type DashboardConfig = ReturnType<typeof dashboardConfig.parse>;

/*
 * Next has no main.ts of ours: this file stands for it. It is read on first use and not on import, because a build
 * imports every module and has no configuration; `instrumentation.ts` uses it first, so that a bad configuration stops
 * the start and not a request.
 */
let parsed: DashboardConfig | undefined;
let logger: Logger | undefined;

/** The configuration of this process. Throws ConfigError, naming every variable that is wrong. */
export function config(): DashboardConfig {
  parsed ??= dashboardConfig.parse(process.env);
  return parsed;
}

/** The log of this process: one JSON line per event, to standard output. */
export function log(): Logger {
  logger ??= createLogger({ level: config().log.level, service: 'dashboard' });
  return logger;
}
