import { asId, type OrganizationId } from '@turnpike/core/ids';
import type { Prisma } from '../generated/client.ts';
import { oneOf } from '../row-values.ts';
import type { TenantScope } from '../tenant-scope.ts';
import { appendAudit, type ChangedBy } from './audit.ts';

/** The tenant as its members see it. */
export interface OrganizationRecord {
  readonly id: OrganizationId;
  readonly name: string;
  readonly slug: string;
  readonly status: 'active' | 'suspended';
  readonly billingMode: 'prepaid' | 'invoiced';
  /** IANA name. */
  readonly timeZone: string;
  readonly allowsUnlistedModels: boolean;
  readonly alwaysSendsUsage: boolean;
  readonly exposesAttempts: boolean;
  readonly createdAtMs: number;
}

/** What an organization may set itself. Absent = leave as it is. */
export interface OrganizationSettings {
  readonly name?: string;
  readonly timeZone?: string;
  readonly allowsUnlistedModels?: boolean;
  readonly alwaysSendsUsage?: boolean;
  readonly exposesAttempts?: boolean;
}

/** Also what the view of role `dashboard` has. */
export const organizationColumns = {
  id: true,
  name: true,
  slug: true,
  status: true,
  billingMode: true,
  timeZone: true,
  allowsUnlistedModels: true,
  alwaysSendsUsage: true,
  exposesAttempts: true,
  createdAt: true,
} as const satisfies Prisma.OrganizationSelect;

/** Reading one organization. */
export function readOrganization(scope: TenantScope) {
  return {
    /** Undefined when there is none with the scope's id. */
    find: async (): Promise<OrganizationRecord | undefined> => {
      const row = await scope.read((client) =>
        client.organization.findFirst({ select: organizationColumns, where: { id: scope.organizationId } }),
      );
      return row === null ? undefined : organizationFromRow(row);
    },
  };
}

/** One organization, with its settings. */
export function organizationRepository(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    ...readOrganization(scope),

    /** Sets what is given. Undefined when there is no such organization. */
    update: (settings: OrganizationSettings, by: ChangedBy): Promise<OrganizationRecord | undefined> =>
      scope.change(async (transaction) => {
        const { count } = await transaction.organization.updateMany({
          where: { id: organizationId },
          data: { ...known(settings), updatedAt: new Date() },
        });
        if (count === 0) {
          return undefined;
        }
        await appendAudit(transaction, organizationId, by, {
          action: 'organization.updated',
          targetType: 'organization',
          targetId: organizationId,
          detail: known(settings),
        });
        const row = await transaction.organization.findFirst({
          select: organizationColumns,
          where: { id: organizationId },
        });
        return row === null ? undefined : organizationFromRow(row);
      }),
  };
}

/** Only what an organization may set: an object from outside may carry more than its type says. */
function known({ name, timeZone, allowsUnlistedModels, alwaysSendsUsage, exposesAttempts }: OrganizationSettings) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(allowsUnlistedModels === undefined ? {} : { allowsUnlistedModels }),
    ...(alwaysSendsUsage === undefined ? {} : { alwaysSendsUsage }),
    ...(exposesAttempts === undefined ? {} : { exposesAttempts }),
  };
}

/** The record of a row with `organizationColumns`. */
export function organizationFromRow(
  row: Prisma.OrganizationGetPayload<{ select: typeof organizationColumns }>,
): OrganizationRecord {
  return {
    id: asId<'organization'>(row.id),
    name: row.name,
    slug: row.slug,
    status: oneOf(['active', 'suspended'], row.status),
    billingMode: oneOf(['prepaid', 'invoiced'], row.billingMode),
    timeZone: row.timeZone,
    allowsUnlistedModels: row.allowsUnlistedModels,
    alwaysSendsUsage: row.alwaysSendsUsage,
    exposesAttempts: row.exposesAttempts,
    createdAtMs: row.createdAt.getTime(),
  };
}
