import type { OrganizationId, ProjectId } from '@turnpike/core/ids';
import type { RateLimit } from '@turnpike/core/limits/rate-limit';
import { newId } from '../new-id.ts';
import { oneOf } from '../row-values.ts';
import type { TenantScope } from '../tenant-scope.ts';
import { appendAudit, type ChangedBy } from './audit.ts';

/** What a ceiling above the keys holds for. The ceilings of a key are part of the key. */
export type RateLimitOwner =
  | { readonly scope: 'organization' }
  | { readonly scope: 'project'; readonly projectId: ProjectId };

/** Reading the ceilings of an organization and its projects. */
export function readRateLimits(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    list: async (owner: RateLimitOwner): Promise<readonly RateLimit[]> => {
      const rows = await scope.read((client) =>
        client.rateLimit.findMany({
          where: { organizationId, scope: owner.scope, scopeId: scopeId(owner, organizationId) },
          orderBy: [{ kind: 'asc' }, { windowMs: 'asc' }],
        }),
      );
      return rows.map((row) => ({
        scope: owner.scope,
        kind: oneOf(['requests', 'tokens', 'concurrency'], row.kind),
        limit: Number(row.limit),
        windowMs: row.windowMs,
      }));
    },
  };
}

/** The ceilings of an organization and its projects. */
export function rateLimitRepository(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    ...readRateLimits(scope),

    /** Sets the ceilings of an owner to exactly these. False when the organization has no such project. */
    replace: (owner: RateLimitOwner, limits: readonly Omit<RateLimit, 'scope'>[], by: ChangedBy): Promise<boolean> =>
      scope.change(async (transaction) => {
        const owning = await transaction.organization.findFirst({
          select: { id: true },
          where: {
            id: organizationId,
            ...(owner.scope === 'project' ? { projects: { some: { id: owner.projectId } } } : {}),
          },
        });
        if (owning === null) {
          return false;
        }
        const target = { organizationId, scope: owner.scope, scopeId: scopeId(owner, organizationId) };
        await transaction.rateLimit.deleteMany({ where: target });
        await transaction.rateLimit.createMany({
          data: limits.map(({ kind, limit, windowMs }) => ({
            ...target,
            id: newId<'rateLimit'>(),
            kind,
            limit: BigInt(limit),
            windowMs,
            updatedAt: new Date(),
          })),
        });
        await appendAudit(transaction, organizationId, by, {
          action: 'rate_limit.replaced',
          targetType: owner.scope,
          targetId: target.scopeId,
          detail: { rateLimits: limits.map(({ kind, limit, windowMs }) => ({ kind, limit, windowMs })) },
        });
        return true;
      }),
  };
}

function scopeId(owner: RateLimitOwner, organizationId: OrganizationId): string {
  return owner.scope === 'project' ? owner.projectId : organizationId;
}
