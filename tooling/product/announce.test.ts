import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { announcement, curlLine } from './announce.ts';

const state = {
  gatewayUrl: 'http://127.0.0.1:8080',
  dashboardUrl: 'http://localhost:3000',
  sandboxUrl: 'http://127.0.0.1:8090',
  demo: {
    email: 'demo@example.com',
    password: 'a-password',
    organizationId: 'org_1',
    projectId: 'proj_1',
    apiKey: 'sk-tp-live-1',
    testKey: 'sk-tp-test-1',
    managementKey: 'sk-tp-mgmt-1',
  },
};
const base = { state, liveProviders: [], redisIsStandIn: false, logFolder: '/x/.local/logs', seconds: 12 };

it('prints a curl command that a shell reads as it is meant', () => {
  const words = execFileSync(
    '/bin/sh',
    ['-c', `curl() { for word in "$@"; do echo "$word"; done; }; ${curlLine(state)}`],
    { encoding: 'utf8' },
  );
  const [url, , authorization, , , , body = ''] = words.trimEnd().split('\n');
  expect([url, authorization]).toEqual([
    'http://127.0.0.1:8080/v1/chat/completions',
    'Authorization: Bearer sk-tp-live-1',
  ]);
  expect(JSON.parse(body)).toMatchObject({ messages: [{ role: 'user' }] });
});

it('says where to go and how to sign in', () => {
  for (const fact of [
    'http://localhost:3000',
    'http://127.0.0.1:8080/v1',
    'demo@example.com',
    'a-password',
    'sk-tp-live-1',
    '12 s',
  ]) {
    expect(announcement(base)).toContain(fact);
  }
});

it('says that models are served by the sandbox when no provider has a key', () => {
  expect(announcement(base)).toContain('Models are served by the sandbox');
});

it('names the providers that are live', () => {
  expect(announcement({ ...base, liveProviders: ['openai', 'groq'] })).toContain('Live: openai, groq.');
});

it('warns of the Redis stand-in', () => {
  expect(announcement({ ...base, redisIsStandIn: true })).toContain('Install redis-server');
});
