import { roles, type Role } from '@turnpike/core/access/roles';
import { asId, type MemberId, type SessionId, type UserId } from '@turnpike/core/ids';
import { newId } from '../new-id.ts';
import { oneOf, toBytes } from '../row-values.ts';
import type { Scope } from '../tenant-scope.ts';
import { organizationColumns, organizationFromRow, type OrganizationRecord } from './organizations.ts';

/** A person, without the password's hash. */
export interface UserRecord {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly createdAtMs: number;
}

/** An organization that a person belongs to, and what they are there. */
export interface Membership {
  readonly memberId: MemberId;
  readonly role: Role;
  readonly organization: OrganizationRecord;
}

export interface NewSession {
  readonly digest: Uint8Array;
  readonly expiresAtMs: number;
  readonly ip: string | undefined;
  /** As the browser sent it; cut to 400 characters here. */
  readonly userAgent: string | undefined;
}

const maxUserAgentLength = 400;

/** One person's own rows. The scope's settings carry the same user. */
export function userRepository(scope: Scope, userId: UserId) {
  return {
    /** Undefined when there is no such person. */
    find: async (): Promise<UserRecord | undefined> => {
      const row = await scope.read((client) =>
        client.user.findFirst({
          select: { id: true, email: true, name: true, createdAt: true },
          where: { id: userId },
        }),
      );
      return row === null
        ? undefined
        : { id: asId<'user'>(row.id), email: row.email, name: row.name, createdAtMs: row.createdAt.getTime() };
    },

    /** Where this person belongs, the oldest membership first. */
    memberships: async (): Promise<readonly Membership[]> => {
      const rows = await scope.read((client) =>
        client.member.findMany({
          select: { id: true, role: true, organization: { select: organizationColumns } },
          where: { userId },
          orderBy: { id: 'asc' },
        }),
      );
      return rows.map((row) => ({
        memberId: asId<'member'>(row.id),
        role: oneOf(roles, row.role),
        organization: organizationFromRow(row.organization),
      }));
    },

    setPasswordHash: (passwordHash: string): Promise<boolean> =>
      scope.change(async (transaction) => {
        const { count } = await transaction.user.updateMany({
          where: { id: userId },
          data: { passwordHash, updatedAt: new Date() },
        });
        return count === 1;
      }),

    createSession: (session: NewSession): Promise<SessionId> =>
      scope.change(async (transaction) => {
        const id = newId<'session'>();
        await transaction.session.createMany({
          data: {
            id,
            userId,
            digest: toBytes(session.digest),
            expiresAt: new Date(session.expiresAtMs),
            ip: session.ip ?? null,
            userAgent: session.userAgent?.slice(0, maxUserAgentLength) ?? null,
          },
        });
        return id;
      }),

    /** Notes that the session was used. */
    touchSession: (id: SessionId, atMs: number): Promise<boolean> =>
      scope.change(async (transaction) => {
        const { count } = await transaction.session.updateMany({
          where: { id, userId, revokedAt: null },
          data: { lastSeenAt: new Date(atMs) },
        });
        return count === 1;
      }),

    /** Ends one session; false when it was over already. */
    revokeSession: (id: SessionId): Promise<boolean> =>
      scope.change(async (transaction) => {
        const { count } = await transaction.session.updateMany({
          where: { id, userId, revokedAt: null },
          data: { revokedAt: new Date() },
        });
        return count === 1;
      }),

    /** Ends every session of this person, and gives their digests so that caches can forget them. */
    revokeAllSessions: (): Promise<readonly Uint8Array[]> =>
      scope.change(async (transaction) => {
        const rows = await transaction.session.updateManyAndReturn({
          select: { digest: true },
          where: { userId, revokedAt: null },
          data: { revokedAt: new Date() },
        });
        return rows.map((row) => row.digest);
      }),
  };
}
