import cluster from 'node:cluster';

import type { Logger } from '@turnpike/platform/log/logger';

import { relayMetricsBetweenWorkers } from './supervised-metrics.ts';

type ProcessSignals = Pick<NodeJS.Process, 'on' | 'exit'>;

/** A child that dies at once would be restarted in a loop; this keeps the loop slow. */
const restartDelayMs = 1_000;

/**
 * Forks full gateways that share one port, each with an instance id, spool folder and metrics label of its own.
 * Restarts one that dies; passes SIGTERM on, and exits when all have drained.
 */
export function runSupervisor(processes: number, logger: Logger, signals: ProcessSignals): void {
  let isStopping = false;
  // The processes accept from one socket. Handing connections over, as is the default, loses those that are on their
  // way to a process when it dies: nobody answers them, and nobody closes them.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  relayMetricsBetweenWorkers();
  for (let index = 0; index < processes; index += 1) {
    cluster.fork();
  }

  cluster.on('exit', (worker, code, signal) => {
    if (isStopping) {
      if (Object.keys(cluster.workers ?? {}).length === 0) {
        signals.exit(0);
      }
      return;
    }
    logger.error(
      { component: 'supervisor', status: code, reason: signal, count: worker.id },
      'A gateway process died; starting another.',
    );
    setTimeout(() => {
      if (!isStopping) {
        cluster.fork();
      }
    }, restartDelayMs);
  });

  const stop = (signal: NodeJS.Signals): void => {
    isStopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) {
      worker?.process.kill(signal);
    }
  };
  signals.on('SIGTERM', stop);
  signals.on('SIGINT', stop);
}
