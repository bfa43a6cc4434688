import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { answers } from '../network/ports.ts';
import { root } from '../paths.ts';
import { waitUntilReady, type RunningChild } from '../process/child.ts';
import type { Stage, Supervisor } from '../process/supervisor.ts';

/** The processes of the product that are ours. */
export type ServiceName = 'sandbox' | 'gateway' | 'control' | 'worker' | 'dashboard';

export interface ServiceCommand {
  readonly name: ServiceName;
  readonly stage: Stage;
  /** From the checkout's top folder. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  /** Answers with success when the process can do its work; without one an open port is enough. */
  readonly readyPath: string | undefined;
}

/** A service that can be ended and begun again without the others noticing more than that. */
export interface Service {
  readonly name: ServiceName;
  readonly port: number;
  child(): RunningChild;
  /** As a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it anew on the same port, after `kill` or `stop`. Resolves when it is ready. */
  start(): Promise<void>;
}

const readyTimeoutMs = 60_000;
const requestTimeoutMs = 2_000;
/** Above the drain time that the gateway gets, so that an orderly end is not cut off. */
const graceMs = 12_000;

async function isReady({ port, readyPath }: ServiceCommand): Promise<boolean> {
  if (readyPath === undefined) return answers(port);
  try {
    const response = await fetch(`http://127.0.0.1:${port}${readyPath}`, {
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet, or too busy to answer: the caller asks again until its own deadline.
    return false;
  }
}

async function launch(command: ServiceCommand, supervisor: Supervisor, logFile: string): Promise<RunningChild> {
  const script = join(root, command.script);
  if (!existsSync(script)) throw new Failure(`${command.script} is missing: run "npm run build" and start again.`);
  const child = await supervisor.stage(command.stage).launch({
    name: command.name === 'control' ? 'control plane' : command.name,
    command: process.execPath,
    args: ['--enable-source-maps', script, ...(command.args ?? [])],
    cwd: root,
    env: command.environment,
    logFile,
    graceMs,
  });
  await waitUntilReady(child, () => isReady(command), readyTimeoutMs);
  return child;
}

/** Starts a service and resolves when it is ready. Throws a `Failure` with the end of its log otherwise. */
export async function startService(command: ServiceCommand, supervisor: Supervisor, logFile: string): Promise<Service> {
  let child = await launch(command, supervisor, logFile);
  return {
    name: command.name,
    port: command.port,
    child: () => child,
    kill: () => child.kill(),
    stop: () => child.stop(),
    async start() {
      child = await launch(command, supervisor, logFile);
    },
  };
}
