import { roles, type Role } from '@turnpike/core/access/roles';
import { asId, type MemberId, type OrganizationId, type UserId } from '@turnpike/core/ids';
import type { Prisma } from '../generated/client.ts';
import { oneOf } from '../row-values.ts';
import type { TenantScope } from '../tenant-scope.ts';

/** A person in an organization. */
export interface MemberRecord {
  readonly id: MemberId;
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly createdAtMs: number;
}

const columns = {
  id: true,
  organizationId: true,
  userId: true,
  role: true,
  createdAt: true,
  user: { select: { name: true, email: true } },
} as const satisfies Prisma.MemberSelect;

/** Reading the members of one organization. */
export function readMembers(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    /** The longest-serving first. */
    list: async (): Promise<readonly MemberRecord[]> => {
      const rows = await scope.read((client) =>
        client.member.findMany({ select: columns, where: { organizationId }, orderBy: { id: 'asc' } }),
      );
      return rows.map(fromRow);
    },

    /** Undefined when the organization has no such member. */
    find: async (id: MemberId): Promise<MemberRecord | undefined> => {
      const row = await scope.read((client) =>
        client.member.findFirst({ select: columns, where: { id, organizationId } }),
      );
      return row === null ? undefined : fromRow(row);
    },

    /** The membership of a person; undefined when they do not belong to the organization. */
    findByUser: async (userId: UserId): Promise<MemberRecord | undefined> => {
      const row = await scope.read((client) =>
        client.member.findFirst({ select: columns, where: { userId, organizationId } }),
      );
      return row === null ? undefined : fromRow(row);
    },
  };
}

function fromRow(row: Prisma.MemberGetPayload<{ select: typeof columns }>): MemberRecord {
  return {
    id: asId<'member'>(row.id),
    organizationId: asId<'organization'>(row.organizationId),
    userId: asId<'user'>(row.userId),
    role: oneOf(roles, row.role),
    name: row.user.name,
    email: row.user.email,
    createdAtMs: row.createdAt.getTime(),
  };
}
