import type { Logger } from '@turnpike/platform/log/logger';

import type { GatewayConfig } from './config.ts';
import { startControlPlane } from './start-control-plane.ts';
import { startDataPlane } from './start-data-plane.ts';

/** A face of the gateway that is listening. */
export interface RunningFace {
  /** Takes no new work, ends what runs within the time, closes every connection. Called once. */
  stop(drainMs: number): Promise<void>;
  /** Lets a stop that is under way wait for running calls no longer than this from now. */
  hurry(drainMs: number): void;
}

export interface ProcessHandle extends Pick<NodeJS.Process, 'on' | 'send' | 'pid'> {
  exit(code: number): void;
}

/** A second signal ends running calls quickly, but still records them. */
const hurriedDrainMs = 2_000;

/**
 * Starts the faces that the configuration names and serves until a signal. SIGTERM and SIGINT drain: no new work,
 * running calls end, everything is recorded, exit 0; a second signal shortens the wait. Throws when a face cannot start.
 */
export async function runGateway(config: GatewayConfig, logger: Logger, handle: ProcessHandle): Promise<void> {
  const faces: RunningFace[] = [];
  try {
    if (config.gateway.roles.includes('control')) {
      faces.push(await startControlPlane(config, logger, handle));
    }
    if (config.gateway.roles.includes('data')) {
      faces.push(await startDataPlane(config, logger, handle));
    }
  } catch (error) {
    await Promise.allSettled(faces.map((face) => face.stop(0)));
    throw error;
  }

  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    const drainMs = isStopping ? Math.min(hurriedDrainMs, config.gateway.drainMs) : config.gateway.drainMs;
    logger.info({ component: 'shutdown', reason: signal, waitMs: drainMs }, 'Draining.');
    if (isStopping) {
      faces.forEach((face) => face.hurry(drainMs));
      return;
    }
    isStopping = true;
    void Promise.all(faces.map((face) => face.stop(drainMs))).then(
      () => {
        logger.info({ component: 'shutdown' }, 'Stopped.');
        handle.exit(0);
      },
      (error: unknown) => {
        logger.fatal({ component: 'shutdown', error }, 'Stopping failed.');
        handle.exit(1);
      },
    );
  };
  handle.on('SIGTERM', stop);
  handle.on('SIGINT', stop);
  // What nobody awaited or caught is our bug: the process cannot be trusted with money any more, and the spool holds
  // what has happened so far.
  handle.on('uncaughtException', (error: Error) => {
    logger.fatal({ component: 'process', error }, 'An error was not caught; exiting.');
    handle.exit(1);
  });
}
