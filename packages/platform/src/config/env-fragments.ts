import { defineEnvFragment } from './define-config.ts';
import { envVariable, flag, integer, list, oneOf, port, secret, secretUrl, text } from './env-variable.ts';

/** Log lines of every process. */
export const logEnv = defineEnvFragment('Logs', {
  level: envVariable('LOG_LEVEL', {
    description: 'Least severe level that is written.',
    schema: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal'),
    default: 'info',
  }),
});

/** The Redis that holds limits, holds and queues. */
export const redisEnv = defineEnvFragment('Redis', {
  url: envVariable('REDIS_URL', {
    description: 'Redis for holds, limits and queues; it must run with maxmemory-policy noeviction.',
    schema: secretUrl('redis:', 'rediss:'),
  }),
});

/** The Postgres that holds everything durable. */
export const postgresEnv = defineEnvFragment('Postgres', {
  url: envVariable('DATABASE_URL', {
    description: 'Postgres, with the role of this process or one that may SET ROLE to it.',
    schema: secretUrl('postgres:', 'postgresql:'),
  }),
  poolSize: envVariable('DATABASE_POOL_SIZE', {
    description: 'Connections per process and role.',
    schema: integer({ min: 1, max: 200 }),
    default: '10',
  }),
});

/** Secrets that digests are made with. Changing one invalidates every key or session that was made with it. */
export const digestEnv = defineEnvFragment('Secrets', {
  apiKeyPepper: envVariable('API_KEY_PEPPER', {
    description: 'Secret of at least 32 characters that API keys are digested with; changing it invalidates all keys.',
    schema: secret({ minLength: 32 }),
  }),
  sessionPepper: envVariable('SESSION_PEPPER', {
    description:
      'Secret of at least 32 characters that dashboard sessions are digested with; changing it signs everyone out.',
    schema: secret({ minLength: 32 }),
  }),
});

/** The local spool of usage records. */
export const spoolEnv = defineEnvFragment('Spool', {
  directory: envVariable('SPOOL_DIR', {
    description:
      'Folder on a local disk for usage records that are not in Postgres yet; instances on one host share it.',
    schema: text(),
    default: '.local/spool',
  }),
  maxBytes: envVariable('SPOOL_MAX_BYTES', {
    description: 'Bytes of unshipped records at which an instance refuses new work.',
    schema: integer({ min: 1_048_576, max: 1_099_511_627_776 }),
    default: '1073741824',
  }),
});

/** Which provider addresses may be called. */
export const egressEnv = defineEnvFragment('Egress', {
  allowsPrivateUpstreams: envVariable('ALLOW_PRIVATE_UPSTREAMS', {
    description: 'Whether providers may live on loopback or private addresses: for development and self-hosted models.',
    schema: flag(),
    default: 'false',
  }),
});

/**
 * Where a process listens: `GATEWAY_HOST` and `GATEWAY_PORT` for the prefix `GATEWAY`. The trusted proxies are a
 * list of addresses: trusting everyone would let callers choose the address that their limits are counted on.
 */
export function httpEnv(prefix: string, defaultPort: number) {
  return defineEnvFragment('HTTP', {
    host: envVariable(`${prefix}_HOST`, {
      description: 'Address to listen on.',
      schema: text(),
      default: '127.0.0.1',
    }),
    port: envVariable(`${prefix}_PORT`, {
      description: 'Port to listen on.',
      schema: port(),
      default: `${defaultPort}`,
    }),
    trustedProxies: envVariable(`${prefix}_TRUSTED_PROXIES`, {
      description: 'Addresses or CIDR ranges, comma-separated, whose X-Forwarded-For is believed.',
      schema: list(text()).refine(
        (entries) => entries.every((entry) => /^[0-9a-f.:]+(\/\d{1,3})?$/i.test(entry)),
        'must be a comma-separated list of addresses or CIDR ranges',
      ),
      default: '127.0.0.1',
    }),
  });
}
