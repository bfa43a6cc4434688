import { Failure } from '../failure.ts';
import { freePort, nextFreePort, requirePort } from '../network/ports.ts';
import type { ProductPorts } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What `npm start` uses unless the environment says otherwise. */
const defaults = { gateway: 8080, control: 8081, dashboard: 3000, sandbox: 8090 } as const;

/** The port that a variable names, or `fallback`. Throws a `Failure` for what is no port. */
export function portSetting(environment: Environment, variable: string, fallback: number): number {
  const text = environment[variable]?.trim() ?? '';
  if (text === '') return fallback;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Failure(`${variable} must be a port from 1 to 65535, not "${text}".`);
}

/**
 * The ports of `npm start`. Those that people type must be free; the sandbox moves on to the next free one unless it was
 * given, and the worker takes any. Throws a `Failure` for a port that is taken.
 */
export async function choosePorts(environment: Environment): Promise<ProductPorts> {
  const gateway = portSetting(environment, 'GATEWAY_PORT', defaults.gateway);
  const control = portSetting(environment, 'CONTROL_PORT', defaults.control);
  const dashboard = portSetting(environment, 'DASHBOARD_PORT', defaults.dashboard);
  const sandbox = portSetting(environment, 'SANDBOX_PORT', defaults.sandbox);
  const chosen = [gateway, control, dashboard, sandbox];
  if (new Set(chosen).size < chosen.length) {
    throw new Failure('GATEWAY_PORT, CONTROL_PORT, DASHBOARD_PORT and SANDBOX_PORT must be four different ports.');
  }
  await requirePort(gateway, 'gateway', 'GATEWAY_PORT');
  await requirePort(control, 'control plane', 'CONTROL_PORT');
  await requirePort(dashboard, 'dashboard', 'DASHBOARD_PORT');
  const sandboxIsGiven = (environment.SANDBOX_PORT ?? '') !== '';
  return {
    gateway,
    control,
    dashboard,
    sandbox: sandboxIsGiven
      ? await requirePort(sandbox, 'sandbox provider', 'SANDBOX_PORT')
      : await nextFreePort(sandbox),
    worker: await freePort(),
  };
}

/** Ports that nobody uses, for a product that a test starts. */
export async function freePorts(): Promise<ProductPorts> {
  const [gateway, control, dashboard, sandbox, worker] = await distinctFreePorts(5);
  if (
    gateway === undefined ||
    control === undefined ||
    dashboard === undefined ||
    sandbox === undefined ||
    worker === undefined
  ) {
    throw new Failure('The system has no free ports left.');
  }
  return { gateway, control, dashboard, sandbox, worker };
}

/** A port is free again right after it was looked up, so the same one can come twice. */
async function distinctFreePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count && tries < count * 10; tries += 1) ports.add(await freePort());
  return [...ports];
}
