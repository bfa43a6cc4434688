import { providers } from '@turnpike/adapters/registry';
import { defineConfig, defineEnvFragment } from '@turnpike/platform/config/define-config';
import {
  digestEnv,
  egressEnv,
  httpEnv,
  logEnv,
  postgresEnv,
  redisEnv,
  spoolEnv,
} from '@turnpike/platform/config/env-fragments';
import {
  envVariable,
  integer,
  list,
  oneOf,
  optionalEnvVariable,
  secret,
  secretUrl,
  url,
} from '@turnpike/platform/config/env-variable';
import { z } from 'zod';

import { controlPlaneEnv } from './control-plane/control-plane-env.ts';

const gatewayEnv = defineEnvFragment('Gateway', {
  roles: envVariable('GATEWAY_ROLES', {
    description: 'Faces of this process: data (/v1), control (/api), or both, comma-separated.',
    schema: list(oneOf('data', 'control')),
    default: 'data',
  }),
  processes: envVariable('GATEWAY_PROCESSES', {
    description: 'Data-plane processes that share the port: a number, or auto for one per core.',
    schema: z.string().regex(/^(?:auto|[1-9]\d?)$/, 'must be auto or a number from 1 to 99'),
    default: '1',
  }),
  metricsToken: optionalEnvVariable('METRICS_TOKEN', {
    description: 'Bearer token for /metrics; without it only this host may read the figures.',
    schema: secret({ minLength: 16 }),
  }),
  drainMs: envVariable('GATEWAY_DRAIN_MS', {
    description: 'Milliseconds that running calls get to end after SIGTERM.',
    schema: integer({ min: 0, max: 3_600_000 }),
    default: '600000',
  }),
});

const meterPostgresEnv = defineEnvFragment('Metering', {
  url: envVariable('METER_DATABASE_URL', {
    description: 'The same Postgres with the role that may only record usage.',
    schema: secretUrl('postgres:', 'postgresql:'),
  }),
});

const upstreamEnv = defineEnvFragment('Upstream', {
  headMs: envVariable('UPSTREAM_HEAD_TIMEOUT_MS', {
    description: 'Milliseconds until a provider must have begun to answer.',
    schema: integer({ min: 100, max: 3_600_000 }),
    default: '300000',
  }),
  firstContentMs: envVariable('UPSTREAM_FIRST_CONTENT_TIMEOUT_MS', {
    description: 'Milliseconds until a stream must have brought its first content; then the next endpoint is tried.',
    schema: integer({ min: 100, max: 3_600_000 }),
    default: '120000',
  }),
  idleMs: envVariable('UPSTREAM_IDLE_TIMEOUT_MS', {
    description: 'Milliseconds that an answer may stall between two pieces.',
    schema: integer({ min: 100, max: 3_600_000 }),
    default: '120000',
  }),
  callDeadlineMs: envVariable('CALL_DEADLINE_MS', {
    description: 'Milliseconds that a whole call may take, all attempts together.',
    schema: integer({ min: 1_000, max: 7_200_000 }),
    default: '900000',
  }),
});

const sandboxEnv = defineEnvFragment('Sandbox', {
  url: optionalEnvVariable('SANDBOX_URL', {
    description: 'The sandbox provider, which answers test keys; without it test keys find no model.',
    schema: url('http:', 'https:'),
  }),
  fallback: envVariable('SANDBOX_FALLBACK', {
    description: 'on: models without a configured provider are answered by the sandbox. For trying the product only.',
    schema: oneOf('on', 'off'),
    default: 'off',
  }),
});

const realProviders = providers.filter((provider) => provider.isSandbox !== true);

/** `<PROVIDER>_API_KEY` makes a provider live. By provider id. */
const providerKeysEnv = defineEnvFragment(
  'Providers',
  Object.fromEntries(
    realProviders.map(({ id, name }) => [
      id,
      optionalEnvVariable(`${envNameOf(id)}_API_KEY`, {
        description: `Key for ${name}; makes it live.`,
        schema: secret(),
      }),
    ]),
  ),
);

/** `<PROVIDER>_BASE_URL` sends a provider's calls elsewhere. By provider id. */
const providerUrlsEnv = defineEnvFragment(
  'Provider addresses',
  Object.fromEntries(
    realProviders.map(({ id, name }) => [
      id,
      optionalEnvVariable(`${envNameOf(id)}_BASE_URL`, {
        description: `Base URL for ${name}, in place of its own.`,
        schema: url('http:', 'https:'),
      }),
    ]),
  ),
);

/** The whole configuration of a gateway process. */
export const gatewayConfig = defineConfig({
  gateway: gatewayEnv,
  http: httpEnv('GATEWAY', 8_080),
  controlHttp: httpEnv('CONTROL', 8_081),
  log: logEnv,
  postgres: postgresEnv,
  meterPostgres: meterPostgresEnv,
  redis: redisEnv,
  digests: digestEnv,
  spool: spoolEnv,
  upstream: upstreamEnv,
  egress: egressEnv,
  sandbox: sandboxEnv,
  providerKeys: providerKeysEnv,
  providerUrls: providerUrlsEnv,
  controlPlane: controlPlaneEnv,
});

export type GatewayConfig = ReturnType<typeof gatewayConfig.parse>;

function envNameOf(providerId: string): string {
  return providerId.toUpperCase().replaceAll('-', '_');
}
