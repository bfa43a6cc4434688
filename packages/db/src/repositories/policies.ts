import { asId, type Id, type OrganizationId, type ProjectId, type UserId } from '@turnpike/core/ids';
import type { Json, JsonObject } from '@turnpike/core/json';
import { isJsonObject } from '@turnpike/core/json';
import { Prisma } from '../generated/client.ts';
import { newId } from '../new-id.ts';
import { isUniqueViolation } from '../sql-error.ts';
import type { TenantScope } from '../tenant-scope.ts';
import { appendAudit, type ChangedBy } from './audit.ts';

/** A routing policy with the document of its current version. Whoever plans routes parses the document. */
export interface PolicyRecord {
  readonly id: Id<'policy'>;
  readonly organizationId: OrganizationId;
  /** Undefined: the organization's default. */
  readonly projectId: ProjectId | undefined;
  readonly name: string;
  readonly version: number;
  readonly document: JsonObject;
  readonly updatedAtMs: number;
}

export interface NewPolicy {
  readonly name: string;
  readonly projectId?: ProjectId;
  readonly document: JsonObject;
  readonly createdByUserId?: UserId;
}

export type PolicyChange =
  | { readonly outcome: 'done'; readonly policy: PolicyRecord }
  | { readonly outcome: 'name-taken' }
  | { readonly outcome: 'not-found' }
  /** Somebody else wrote a version in between. */
  | { readonly outcome: 'version-conflict'; readonly currentVersion: number };

/** Reading the routing policies of one organization. */
export function readPolicies(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    list: (): Promise<readonly PolicyRecord[]> => load(scope, Prisma.empty),

    /** Undefined when the organization has no such policy. */
    find: async (id: Id<'policy'>): Promise<PolicyRecord | undefined> =>
      (await load(scope, Prisma.sql`AND p.id = ${id}::uuid`))[0],

    /** The policy of a project: its own, else the organization's default; undefined when there is neither. */
    findForProject: async (projectId: ProjectId): Promise<PolicyRecord | undefined> =>
      (
        await load(
          scope,
          Prisma.sql`AND (p.project_id = ${projectId}::uuid OR p.project_id IS NULL)
            AND EXISTS (SELECT FROM project WHERE id = ${projectId}::uuid AND organization_id = ${organizationId}::uuid)`,
        )
      ).toSorted((left, right) => Number(left.projectId === undefined) - Number(right.projectId === undefined))[0],
  };
}

/** The routing policies of one organization. A change is a new version; versions are never changed. */
export function policyRepository(scope: TenantScope) {
  const { organizationId } = scope;
  const reading = readPolicies(scope);

  async function reload(id: Id<'policy'>): Promise<PolicyChange> {
    const policy = await reading.find(id);
    return policy === undefined ? { outcome: 'not-found' } : { outcome: 'done', policy };
  }

  return {
    ...reading,

    create: async (input: NewPolicy, by: ChangedBy): Promise<PolicyChange> => {
      const id = newId<'policy'>();
      try {
        const isCreated = await scope.change(async (transaction) => {
          const owner = await transaction.organization.findFirst({
            select: { id: true },
            where: {
              id: organizationId,
              ...(input.projectId === undefined ? {} : { projects: { some: { id: input.projectId } } }),
            },
          });
          if (owner === null) {
            return false;
          }
          await transaction.routingPolicy.createMany({
            data: {
              id,
              organizationId,
              projectId: input.projectId ?? null,
              name: input.name,
              currentVersion: 1,
              updatedAt: new Date(),
            },
          });
          await transaction.$executeRaw(versionSql(id, 1, organizationId, input.document, input.createdByUserId));
          await appendAudit(transaction, organizationId, by, {
            action: 'policy.created',
            targetType: 'policy',
            targetId: id,
            detail: { name: input.name, projectId: input.projectId ?? null },
          });
          return true;
        });
        return isCreated ? await reload(id) : { outcome: 'not-found' };
      } catch (error) {
        if (isUniqueViolation(error)) {
          return { outcome: 'name-taken' };
        }
        throw error;
      }
    },

    /** Writes the version after `basedOnVersion`, unless somebody else did. */
    addVersion: async (
      id: Id<'policy'>,
      change: { readonly basedOnVersion: number; readonly document: JsonObject; readonly createdByUserId?: UserId },
      by: ChangedBy,
    ): Promise<PolicyChange> => {
      const version = change.basedOnVersion + 1;
      const conflict = await scope.change(async (transaction): Promise<PolicyChange | undefined> => {
        const { count } = await transaction.routingPolicy.updateMany({
          where: { id, organizationId, currentVersion: change.basedOnVersion },
          data: { currentVersion: version, updatedAt: new Date() },
        });
        if (count === 0) {
          const current = await transaction.routingPolicy.findFirst({
            select: { currentVersion: true },
            where: { id, organizationId },
          });
          return current === null
            ? { outcome: 'not-found' }
            : { outcome: 'version-conflict', currentVersion: current.currentVersion };
        }
        await transaction.$executeRaw(versionSql(id, version, organizationId, change.document, change.createdByUserId));
        await appendAudit(transaction, organizationId, by, {
          action: 'policy.updated',
          targetType: 'policy',
          targetId: id,
          detail: { version },
        });
        return undefined;
      });
      return conflict ?? reload(id);
    },
  };
}

function versionSql(
  id: string,
  version: number,
  organizationId: OrganizationId,
  document: JsonObject,
  userId: UserId | undefined,
): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO routing_policy_version (policy_id, version, organization_id, document, created_by_user_id)
    VALUES (${id}::uuid, ${version}, ${organizationId}::uuid, ${JSON.stringify(document)}::jsonb, ${userId ?? null}::uuid)`;
}

interface PolicyRow {
  readonly id: string;
  readonly project_id: string | null;
  readonly name: string;
  readonly version: number;
  readonly document: Json;
  readonly updated_at: Date;
}

async function load(scope: TenantScope, condition: Prisma.Sql): Promise<readonly PolicyRecord[]> {
  const { organizationId } = scope;
  const rows = await scope.read(
    (client) => client.$queryRaw<PolicyRow[]>`
    SELECT p.id, p.project_id, p.name, v.version, v.document, p.updated_at
      FROM routing_policy p
      JOIN routing_policy_version v ON v.policy_id = p.id AND v.version = p.current_version
     WHERE p.organization_id = ${organizationId}::uuid ${condition}
     ORDER BY p.name`,
  );
  return rows.map((row) => ({
    id: asId<'policy'>(row.id),
    organizationId,
    projectId: row.project_id === null ? undefined : asId<'project'>(row.project_id),
    name: row.name,
    version: row.version,
    document: isJsonObject(row.document) ? row.document : {},
    updatedAtMs: row.updated_at.getTime(),
  }));
}
