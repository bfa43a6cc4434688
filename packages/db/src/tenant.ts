import type { OrganizationId, UserId } from '@turnpike/core/ids';
import type { Connection } from './connection.ts';
import { apiKeyRepository, readApiKeys } from './repositories/api-keys.ts';
import { auditRepository, readAudit } from './repositories/audit.ts';
import { ledgerRepository, readLedger } from './repositories/ledger.ts';
import { readMembers } from './repositories/members.ts';
import { organizationRepository, readOrganization } from './repositories/organizations.ts';
import { policyRepository, readPolicies } from './repositories/policies.ts';
import { readPriceBook } from './repositories/price-books.ts';
import { projectRepository, readProjects } from './repositories/projects.ts';
import { rateLimitRepository, readRateLimits } from './repositories/rate-limits.ts';
import { readUsage, usageRepository } from './repositories/usage.ts';
import { userRepository } from './repositories/users.ts';
import { createScope, createTenantScope, type TenantScope } from './tenant-scope.ts';

/** Every repository of an organization. The tenancy test walks this list: one that is added here is tested. */
export const organizationRepositories = {
  apiKeys: apiKeyRepository,
  audit: auditRepository,
  ledger: ledgerRepository,
  members: readMembers,
  organization: organizationRepository,
  policies: policyRepository,
  priceBook: readPriceBook,
  projects: projectRepository,
  rateLimits: rateLimitRepository,
  usage: usageRepository,
} as const satisfies Record<string, (scope: TenantScope) => object>;

/** What can be read of an organization, also through the views of role `dashboard`. */
export const organizationReaders = {
  apiKeys: readApiKeys,
  audit: readAudit,
  ledger: readLedger,
  members: readMembers,
  organization: readOrganization,
  policies: readPolicies,
  priceBook: readPriceBook,
  projects: readProjects,
  rateLimits: readRateLimits,
  usage: readUsage,
} as const satisfies Record<keyof typeof organizationRepositories, (scope: TenantScope) => object>;

type Made<Factories> = {
  readonly [Name in keyof Factories]: Factories[Name] extends (scope: TenantScope) => infer Repository
    ? Repository
    : never;
};

export type OrganizationRepositories = Made<typeof organizationRepositories>;
export type OrganizationReaders = Made<typeof organizationReaders>;
export type UserRepository = ReturnType<typeof userRepository>;

/** The rows of one organization, as role `app`. */
export function forOrganization(connection: Connection, organizationId: OrganizationId): OrganizationRepositories {
  const scope = createTenantScope(connection, organizationId);
  return {
    apiKeys: apiKeyRepository(scope),
    audit: auditRepository(scope),
    ledger: ledgerRepository(scope),
    members: readMembers(scope),
    organization: organizationRepository(scope),
    policies: policyRepository(scope),
    priceBook: readPriceBook(scope),
    projects: projectRepository(scope),
    rateLimits: rateLimitRepository(scope),
    usage: usageRepository(scope),
  };
}

/** What the person behind a session may read of one organization, as role `dashboard`. */
export function readOrganizationAs(
  connection: Connection,
  sessionDigest: Uint8Array,
  organizationId: OrganizationId,
): OrganizationReaders {
  const scope = createTenantScope(connection, organizationId, { sessionDigest });
  return {
    apiKeys: readApiKeys(scope),
    audit: readAudit(scope),
    ledger: readLedger(scope),
    members: readMembers(scope),
    organization: readOrganization(scope),
    policies: readPolicies(scope),
    priceBook: readPriceBook(scope),
    projects: readProjects(scope),
    rateLimits: readRateLimits(scope),
    usage: readUsage(scope),
  };
}

/** One person's own rows, as role `app`. */
export function forUser(connection: Connection, userId: UserId): UserRepository {
  return userRepository(createScope(connection, { userId }), userId);
}
