import { asId, type OrganizationId, type ProjectId } from '@turnpike/core/ids';
import type { Prisma } from '../generated/client.ts';
import { newId } from '../new-id.ts';
import { oneOf } from '../row-values.ts';
import { isUniqueViolation } from '../sql-error.ts';
import type { TenantScope, Transaction } from '../tenant-scope.ts';
import { appendAudit, type ChangedBy } from './audit.ts';

/** A workspace of an organization. */
export interface ProjectRecord {
  readonly id: ProjectId;
  readonly organizationId: OrganizationId;
  readonly name: string;
  readonly status: 'active' | 'archived';
  readonly isDefault: boolean;
  readonly createdAtMs: number;
}

/** A change that a name already in use prevents; the transaction did nothing. */
export type ProjectChange =
  | { readonly outcome: 'done'; readonly project: ProjectRecord }
  | { readonly outcome: 'name-taken' }
  | { readonly outcome: 'not-found' };

const columns = {
  id: true,
  organizationId: true,
  name: true,
  status: true,
  isDefault: true,
  createdAt: true,
} as const satisfies Prisma.ProjectSelect;

/** Reading the projects of one organization. */
export function readProjects(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    /** The default project first, then the oldest; active ones only. */
    list: async (): Promise<readonly ProjectRecord[]> => {
      const rows = await scope.read((client) =>
        client.project.findMany({
          select: columns,
          where: { organizationId, status: 'active' },
          orderBy: [{ isDefault: 'desc' }, { id: 'asc' }],
        }),
      );
      return rows.map(fromRow);
    },

    /** Undefined when the organization has no such project. */
    find: async (id: ProjectId): Promise<ProjectRecord | undefined> => {
      const row = await scope.read((client) =>
        client.project.findFirst({ select: columns, where: { id, organizationId } }),
      );
      return row === null ? undefined : fromRow(row);
    },
  };
}

/** The projects of one organization. */
export function projectRepository(scope: TenantScope) {
  const { organizationId } = scope;

  async function load(transaction: Transaction, id: ProjectId): Promise<ProjectChange> {
    const row = await transaction.project.findFirst({ select: columns, where: { id, organizationId } });
    return row === null ? { outcome: 'not-found' } : { outcome: 'done', project: fromRow(row) };
  }

  return {
    ...readProjects(scope),

    create: (name: string, by: ChangedBy): Promise<ProjectChange> =>
      unlessNameTaken(
        scope.change(async (transaction) => {
          const organization = await transaction.organization.findFirst({
            select: { id: true },
            where: { id: organizationId },
          });
          if (organization === null) {
            return { outcome: 'not-found' };
          }
          const id = newId<'project'>();
          await transaction.project.createMany({ data: { id, organizationId, name, updatedAt: new Date() } });
          await appendAudit(transaction, organizationId, by, {
            action: 'project.created',
            targetType: 'project',
            targetId: id,
            detail: { name },
          });
          return load(transaction, id);
        }),
      ),

    rename: (id: ProjectId, name: string, by: ChangedBy): Promise<ProjectChange> =>
      unlessNameTaken(
        scope.change(async (transaction) => {
          const { count } = await transaction.project.updateMany({
            where: { id, organizationId, status: 'active' },
            data: { name, updatedAt: new Date() },
          });
          if (count === 0) {
            return { outcome: 'not-found' };
          }
          await appendAudit(transaction, organizationId, by, {
            action: 'project.renamed',
            targetType: 'project',
            targetId: id,
            detail: { name },
          });
          return load(transaction, id);
        }),
      ),
  };
}

async function unlessNameTaken(change: Promise<ProjectChange>): Promise<ProjectChange> {
  try {
    return await change;
  } catch (error) {
    if (isUniqueViolation(error)) {
      return { outcome: 'name-taken' };
    }
    throw error;
  }
}

function fromRow(row: Prisma.ProjectGetPayload<{ select: typeof columns }>): ProjectRecord {
  return {
    id: asId<'project'>(row.id),
    organizationId: asId<'organization'>(row.organizationId),
    name: row.name,
    status: oneOf(['active', 'archived'], row.status),
    isDefault: row.isDefault,
    createdAtMs: row.createdAt.getTime(),
  };
}
