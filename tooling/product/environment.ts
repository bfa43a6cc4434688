import { quietToolEnvironment } from '../process/run-tool.ts';
import { urlForRole } from './database-roles.ts';
import type { ProductSecrets } from './secrets.ts';
import type { ProductPorts } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ServiceFacts {
  readonly ports: ProductPorts;
  readonly ownerUrl: string;
  readonly redisUrl: string;
  readonly secrets: ProductSecrets;
  readonly spoolFolder: string;
  /** The person's own environment. */
  readonly environment: Environment;
}

/** Long enough for an ordinary answer to end, short enough for a person who pressed Ctrl-C. */
const drainMs = 8_000;

const providerVariable = /^[A-Z0-9_]+_(?:API_KEY|BASE_URL)$/;
/** What npm and the bootstrap say about themselves, and what only the launcher may know. */
const launcherVariable =
  /^(?:npm_|TURNPIKE_|INIT_CWD$|NODE_CHANNEL_|DATABASE_URL$|DIRECT_DATABASE_URL$|REDIS_URL$|[A-Z]+_PORT$|PORT$|HOST$|HOSTNAME$)/i;

/** Variables that name a provider's key or address. */
export function providerEnvironment(environment: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => providerVariable.test(name)));
}

/**
 * The person's environment for a child that calls no provider: keys of providers stay with the one process that needs
 * them, and addresses are given to each process for its own role.
 */
function commonEnvironment(environment: Environment): Record<string, string | undefined> {
  const kept = Object.entries(environment).filter(
    ([name]) => !providerVariable.test(name) && !launcherVariable.test(name),
  );
  return { ...Object.fromEntries(kept), ...quietToolEnvironment, NODE_ENV: 'production' };
}

const loopback = '127.0.0.1';

/** Where people open the dashboard. Browsers give `localhost` the rights of a secure origin, which cookies need. */
export function dashboardUrl(ports: ProductPorts): string {
  return `http://localhost:${ports.dashboard}`;
}

/** Where programs reach the gateway, without `/v1`. */
export function gatewayUrl(ports: ProductPorts): string {
  return `http://${loopback}:${ports.gateway}`;
}

/** Where the sandbox provider listens. */
export function sandboxUrl(ports: ProductPorts): string {
  return `http://${loopback}:${ports.sandbox}`;
}

/** The gateway's environment for one of its two faces. */
export function gatewayEnvironment(facts: ServiceFacts, role: 'data' | 'control'): Environment {
  const { ports, ownerUrl, secrets } = facts;
  const port = String(role === 'data' ? ports.gateway : ports.control);
  return {
    GATEWAY_DRAIN_MS: String(drainMs),
    ALLOW_PRIVATE_UPSTREAMS: 'true',
    SANDBOX_FALLBACK: 'on',
    ...commonEnvironment(facts.environment),
    ...providerEnvironment(facts.environment),
    GATEWAY_ROLES: role,
    HOST: loopback,
    PORT: port,
    GATEWAY_HOST: loopback,
    GATEWAY_PORT: String(ports.gateway),
    CONTROL_HOST: loopback,
    CONTROL_PORT: String(ports.control),
    DATABASE_URL: urlForRole(ownerUrl, 'app', secrets.rolePasswords),
    METER_DATABASE_URL: urlForRole(ownerUrl, 'meter', secrets.rolePasswords),
    REDIS_URL: facts.redisUrl,
    SPOOL_DIR: facts.spoolFolder,
    API_KEY_PEPPER: secrets.apiKeyPepper,
    SESSION_PEPPER: secrets.sessionPepper,
    MASTER_KEY: secrets.masterKey,
    PUBLIC_URL: dashboardUrl(ports),
    SANDBOX_URL: sandboxUrl(ports),
  };
}

/** The worker's environment. */
export function workerEnvironment(facts: ServiceFacts): Environment {
  return {
    ...commonEnvironment(facts.environment),
    HOST: loopback,
    PORT: String(facts.ports.worker),
    WORKER_HOST: loopback,
    WORKER_PORT: String(facts.ports.worker),
    DATABASE_URL: urlForRole(facts.ownerUrl, 'worker', facts.secrets.rolePasswords),
    REDIS_URL: facts.redisUrl,
  };
}

/** The dashboard's environment. Next reads the address to listen on from HOSTNAME. */
export function dashboardEnvironment(facts: ServiceFacts): Environment {
  return {
    ...commonEnvironment(facts.environment),
    HOSTNAME: loopback,
    PORT: String(facts.ports.dashboard),
    DATABASE_URL: urlForRole(facts.ownerUrl, 'dashboard', facts.secrets.rolePasswords),
    CONTROL_API_URL: `http://${loopback}:${facts.ports.control}`,
    GATEWAY_PUBLIC_URL: gatewayUrl(facts.ports),
    SESSION_PEPPER: facts.secrets.sessionPepper,
    PUBLIC_URL: dashboardUrl(facts.ports),
  };
}

/** The sandbox's environment. */
export function sandboxEnvironment(facts: ServiceFacts, truthFile: string | undefined): Environment {
  return {
    ...commonEnvironment(facts.environment),
    HOST: loopback,
    PORT: String(facts.ports.sandbox),
    ...(truthFile === undefined ? {} : { TRUTH_FILE: truthFile }),
  };
}

/** The seed's environment: it works as the owner and makes keys that the gateway must recognise. */
export function seedEnvironment(facts: ServiceFacts, demoFile: string): Environment {
  return {
    ...commonEnvironment(facts.environment),
    DATABASE_URL: facts.ownerUrl,
    APP_DATABASE_URL: urlForRole(facts.ownerUrl, 'app', facts.secrets.rolePasswords),
    REDIS_URL: facts.redisUrl,
    API_KEY_PEPPER: facts.secrets.apiKeyPepper,
    SESSION_PEPPER: facts.secrets.sessionPepper,
    DEMO_FILE: demoFile,
  };
}
