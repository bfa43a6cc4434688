import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, defineConfig, defineEnvFragment } from './define-config.ts';
import { digestEnv, httpEnv, logEnv, redisEnv } from './env-fragments.ts';
import { envVariable, flag, integer, list, optionalEnvVariable, secret, text } from './env-variable.ts';
import { renderEnvExample } from './render-env-example.ts';
import { Secret } from './secret.ts';

const sizeEnv = defineEnvFragment('Sizes', {
  min: envVariable('SIZE_MIN', { description: 'Least size.', schema: integer({ min: 1, max: 10 }), default: '1' }),
  max: envVariable('SIZE_MAX', { description: 'Greatest size.', schema: integer({ min: 1, max: 10 }), default: '9' }),
  names: envVariable('SIZE_NAMES', { description: 'Names.', schema: list(text()), default: 'a, b,,a' }),
  isStrict: envVariable('SIZE_STRICT', { description: 'Strictness.', schema: flag(), default: 'false' }),
  token: optionalEnvVariable('SIZE_TOKEN', { description: 'Token.', schema: secret({ minLength: 8 }) }),
});

const sizes = defineConfig({ sizes: sizeEnv }, [
  ({ sizes: { min, max } }) => (min > max ? ['SIZE_MIN must not be greater than SIZE_MAX.'] : []),
]);

function problemsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('defineConfig', () => {
  test('reads defaults like given text, and lists without empty or repeated entries', () => {
    expect(sizes.parse({})).toStrictEqual({
      sizes: { min: 1, max: 9, names: ['a', 'b'], isStrict: false, token: undefined },
    });
  });

  test('takes an empty variable for an absent one', () => {
    expect(sizes.parse({ SIZE_MIN: '', SIZE_TOKEN: ' ' }).sizes).toMatchObject({ min: 1, token: undefined });
  });

  test('reports every problem at once, by the name of the variable', () => {
    const config = defineConfig({ sizes: sizeEnv, redis: redisEnv, log: logEnv });
    const problems = problemsOf(() => config.parse({ SIZE_MIN: '0', SIZE_STRICT: 'yes', LOG_LEVEL: 'loud' }));
    expect(problems).toStrictEqual([
      'SIZE_MIN must be a whole number from 1 to 10.',
      'SIZE_STRICT must be true or false.',
      'REDIS_URL is required.',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal.',
    ]);
  });

  test('never prints a value, not even when a schema quotes it', () => {
    const quoting = defineEnvFragment('Quoting', {
      key: envVariable('QUOTED', {
        description: 'A key.',
        schema: z.string().refine(() => false, { error: ({ input }) => `cannot be ${String(input)}` }),
      }),
    });
    const config = defineConfig({ quoting, digest: digestEnv });
    const problems = problemsOf(() => config.parse({ QUOTED: 'canary-7f', API_KEY_PEPPER: 'canary-8a' }));
    expect(problems.join(' ')).not.toContain('canary');
    expect(problems).toContain('QUOTED is not valid.');
    expect(problems).toContain('API_KEY_PEPPER must have at least 32 characters.');
  });

  test('stops on contradictions between variables', () => {
    expect(problemsOf(() => sizes.parse({ SIZE_MIN: '7', SIZE_MAX: '3' }))).toStrictEqual([
      'SIZE_MIN must not be greater than SIZE_MAX.',
    ]);
  });

  test('gives a result that nobody can change', () => {
    const config = sizes.parse({ SIZE_TOKEN: 'long enough' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.sizes.names)).toBe(true);
    expect(config.sizes.token?.reveal()).toBe('long enough');
  });

  test('refuses to trust every proxy', () => {
    const config = defineConfig({ http: httpEnv('GATEWAY', 8080) });
    expect(problemsOf(() => config.parse({ GATEWAY_TRUSTED_PROXIES: 'true' }))).toStrictEqual([
      'GATEWAY_TRUSTED_PROXIES must be a comma-separated list of addresses or CIDR ranges.',
    ]);
  });

  test('refuses one variable with two meanings', () => {
    const other = defineEnvFragment('Other', {
      min: envVariable('SIZE_MIN', { description: 'Another.', schema: text() }),
    });
    expect(() => defineConfig({ sizes: sizeEnv, other })).toThrow('SIZE_MIN is declared twice');
  });
});

describe('Secret', () => {
  test('prints as [secret] in text, JSON and inspection', () => {
    const value = new Secret('canary');
    expect([String(value), JSON.stringify({ value }), inspect({ value }), inspect(value)].join(' ')).not.toContain(
      'canary',
    );
    expect(JSON.stringify({ value })).toBe('{"value":"[secret]"}');
    expect(value.reveal()).toBe('canary');
  });
});

describe('renderEnvExample', () => {
  test('writes each variable once, with its readers, and comments out what has a default', () => {
    const gateway = defineConfig({ redis: redisEnv, log: logEnv });
    const worker = defineConfig({ log: logEnv });
    expect(renderEnvExample({ gateway, worker })).toBe(`# Generated from the configuration schemas: npm run env:example

## Redis

# Redis for holds, limits and queues; it must run with maxmemory-policy noeviction. Required. Read by:
# gateway.
REDIS_URL=

## Logs

# Least severe level that is written. Default below. Read by: gateway, worker.
# LOG_LEVEL=info
`);
  });
});
