import { describe, expect, it } from 'vitest';

import { GatewayError, type ErrorCode } from '../errors.ts';
import { asId } from '../ids.ts';
import { assertMay, confinedProjectId, hasPermission, type Actor } from './authorize-actor.ts';
import { permissions, type Permission } from './roles.ts';

const uuid = (last: number): string => `01890000-0000-7000-8000-00000000000${last}`;
const organizationId = asId<'organization'>(uuid(1));
const own = asId<'project'>(uuid(2));
const other = asId<'project'>(uuid(3));
const viewer: Actor = {
  type: 'member',
  organizationId,
  userId: asId<'user'>(uuid(4)),
  memberId: asId<'member'>(uuid(5)),
  role: 'viewer',
};
const key: Actor = { type: 'management_key', organizationId, projectId: own, apiKeyId: asId<'apiKey'>(uuid(7)) };
const system: Actor = { type: 'system', organizationId, name: 'seed' };

function codeOf(act: () => void): ErrorCode | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) {
      return error.code;
    }
    throw error;
  }
  return undefined;
}

describe('assertMay', () => {
  it.each<[string, Actor, Permission, typeof own | undefined, ErrorCode | undefined]>([
    ['lets a viewer read usage', viewer, 'usage.read', other, undefined],
    ['refuses a viewer who wants to create a key', viewer, 'api_key.create', own, 'access_denied'],
    ['lets a management key manage keys of its project', key, 'api_key.create', own, undefined],
    ['hides other projects from a management key', key, 'api_key.create', other, 'not_found'],
    ['lets nobody mint a management key by a management key', key, 'management_key.manage', own, 'access_denied'],
    ['keeps money from a management key', key, 'balance.read', undefined, 'access_denied'],
    ['lets the system do everything', system, 'organization.update', other, undefined],
  ])('%s', (_promise, actor, permission, projectId, code) => {
    expect(codeOf(() => assertMay(actor, permission, projectId))).toBe(code);
  });

  it('checks the permission before the project, so that a refusal does not depend on what exists', () => {
    expect(codeOf(() => assertMay(key, 'organization.update', other))).toBe('access_denied');
  });
});

describe('confinedProjectId', () => {
  it('confines a management key alone', () => {
    expect([viewer, key, system].map(confinedProjectId)).toStrictEqual([undefined, own, undefined]);
  });
});

describe('hasPermission', () => {
  it('gives the system every permission', () => {
    expect(permissions.every((permission) => hasPermission(system, permission))).toBe(true);
  });
});
