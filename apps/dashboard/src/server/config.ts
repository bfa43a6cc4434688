import { defineConfig, defineEnvFragment } from '@turnpike/platform/config/define-config';
import { logEnv, postgresEnv } from '@turnpike/platform/config/env-fragments';
import { envVariable, optionalEnvVariable, secret, url } from '@turnpike/platform/config/env-variable';

/** Where the rest of the product is. Read when the process starts, never baked into a build. */
const upstreamsEnv = defineEnvFragment('Dashboard', {
  controlApiUrl: envVariable('CONTROL_API_URL', {
    description: 'The management API as the dashboard reaches it; `/api` of the dashboard is passed on to it.',
    schema: url('http:', 'https:'),
  }),
  gatewayPublicUrl: envVariable('GATEWAY_PUBLIC_URL', {
    description: 'The gateway as callers reach it, without /v1: it stands in every snippet.',
    schema: url('http:', 'https:'),
    default: 'http://127.0.0.1:8080',
  }),
  gatewayInternalUrl: optionalEnvVariable('GATEWAY_INTERNAL_URL', {
    description: 'The gateway as the dashboard reaches it, where that is not GATEWAY_PUBLIC_URL.',
    schema: url('http:', 'https:'),
  }),
});

/** Pages read as the person of a session, whom the database recognises by the digest of its token. */
const sessionEnv = defineEnvFragment('Secrets', {
  pepper: envVariable('SESSION_PEPPER', {
    description:
      'Secret of at least 32 characters that dashboard sessions are digested with; changing it signs everyone out.',
    schema: secret({ minLength: 32 }),
  }),
});

/** The configuration of the dashboard. Next itself reads PORT and HOSTNAME. */
export const dashboardConfig = defineConfig({
  postgres: postgresEnv,
  log: logEnv,
  upstreams: upstreamsEnv,
  session: sessionEnv,
});
