import { describe, expect, it } from 'vitest';
import { newRolePasswords } from './database-roles.ts';
import {
  dashboardEnvironment,
  gatewayEnvironment,
  providerEnvironment,
  sandboxEnvironment,
  seedEnvironment,
  workerEnvironment,
  type ServiceFacts,
} from './environment.ts';

const rolePasswords = newRolePasswords();
const facts: ServiceFacts = {
  ports: { gateway: 8080, control: 8081, worker: 9999, dashboard: 3000, sandbox: 8090 },
  ownerUrl: 'postgres://turnpike:owner-password@127.0.0.1:5555/turnpike',
  redisUrl: 'redis://:redis-password@127.0.0.1:6666',
  secrets: { apiKeyPepper: 'pepper', sessionPepper: 'session', masterKey: 'master', rolePasswords },
  spoolFolder: '/data/spool',
  environment: {
    OPENAI_API_KEY: 'sk-live',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
    DATABASE_URL: 'postgres://root:root@db/prod',
    REDIS_URL: 'redis://prod',
    LOG_LEVEL: 'debug',
    npm_config_registry: 'https://packages.example',
    GATEWAY_PORT: '1',
  },
};

const all = () => ({
  data: gatewayEnvironment(facts, 'data'),
  control: gatewayEnvironment(facts, 'control'),
  worker: workerEnvironment(facts),
  dashboard: dashboardEnvironment(facts),
  sandbox: sandboxEnvironment(facts, undefined),
  seed: seedEnvironment(facts, '/data/demo.json'),
});

it('gives provider keys to the gateway alone', () => {
  const holders = Object.entries(all()).filter(([, environment]) => environment['OPENAI_API_KEY'] !== undefined);
  expect(holders.map(([name]) => name)).toEqual(['data', 'control']);
  expect(providerEnvironment(facts.environment)).toEqual({
    OPENAI_API_KEY: 'sk-live',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
  });
});

it("gives the owner's login to no running process", () => {
  const { seed: _onlyAtStart, ...running } = all();
  for (const environment of Object.values(running)) expect(JSON.stringify(environment)).not.toContain('owner-password');
});

it.each([
  ['data', 'turnpike_app'],
  ['control', 'turnpike_app'],
  ['worker', 'turnpike_worker'],
  ['dashboard', 'turnpike_dashboard'],
] as const)('lets %s log in as %s', (name, role) => {
  expect(new URL(String(all()[name]['DATABASE_URL'])).username).toBe(role);
});

it('does not let the address of another database through', () => {
  for (const environment of Object.values(all())) expect(JSON.stringify(environment)).not.toMatch(/prod"|root:root/);
});

describe('what the person set', () => {
  it('reaches every process', () => {
    for (const environment of Object.values(all())) expect(environment['LOG_LEVEL']).toBe('debug');
  });

  it('can change the defaults of the gateway, but not its ports', () => {
    const changed = { ...facts, environment: { ...facts.environment, SANDBOX_FALLBACK: 'off' } };
    expect(gatewayEnvironment(changed, 'data')).toMatchObject({
      SANDBOX_FALLBACK: 'off',
      GATEWAY_PORT: '8080',
      PORT: '8080',
    });
  });
});
