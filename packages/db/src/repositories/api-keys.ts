import type { ApiKeyKind } from '@turnpike/core/access/api-key';
import {
  asId,
  type ApiKeyId,
  type MemberId,
  type OrganizationId,
  type ProjectId,
  type UserId,
} from '@turnpike/core/ids';
import type { RateLimit } from '@turnpike/core/limits/rate-limit';
import type { Prisma } from '../generated/client.ts';
import { newId } from '../new-id.ts';
import { oneOf, toBytes, toDate, toMs } from '../row-values.ts';
import type { TenantScope, Transaction } from '../tenant-scope.ts';
import { appendAudit, type ChangedBy } from './audit.ts';

/** An API key without its digest. */
export interface ApiKeyRecord {
  readonly id: ApiKeyId;
  readonly organizationId: OrganizationId;
  readonly projectId: ProjectId;
  readonly name: string;
  readonly kind: 'inference' | 'management';
  readonly mode: 'live' | 'test';
  readonly prefix: string;
  readonly last4: string;
  readonly status: 'active' | 'disabled' | 'revoked';
  /** Undefined = every model. */
  readonly allowedModels: readonly string[] | undefined;
  /** Undefined = from anywhere. */
  readonly allowedIps: readonly string[] | undefined;
  /** The key's own; those of its project and organization come on top. */
  readonly rateLimits: readonly KeyRateLimit[];
  readonly expiresAtMs: number | undefined;
  readonly lastUsedAtMs: number | undefined;
  readonly createdAtMs: number;
  readonly memberId: MemberId | undefined;
  readonly createdByUserId: UserId | undefined;
}

export type KeyRateLimit = Omit<RateLimit, 'scope'>;

/** What a holder may set. Absent = leave as it is; null = no restriction. */
export interface ApiKeySettings {
  readonly name?: string;
  readonly allowedModels?: readonly string[] | null;
  readonly allowedIps?: readonly string[] | null;
  readonly rateLimits?: readonly KeyRateLimit[];
  readonly expiresAtMs?: number | null;
}

export interface NewApiKey extends ApiKeySettings {
  readonly projectId: ProjectId;
  readonly name: string;
  readonly kind: 'inference' | 'management';
  readonly mode: 'live' | 'test';
  readonly digest: Uint8Array;
  readonly prefix: string;
  readonly last4: string;
  readonly memberId?: MemberId;
  readonly createdByUserId?: UserId;
}

/** A key after a change, with the digest under which caches know it, so that they can be told to forget it. */
export interface ChangedApiKey {
  readonly key: ApiKeyRecord;
  readonly digest: Uint8Array;
}

export interface ApiKeyFilter {
  readonly projectId?: ProjectId;
  readonly kinds?: readonly ApiKeyKind[];
  /** Default: everything but revoked keys. */
  readonly statuses?: readonly ('active' | 'disabled' | 'expired' | 'revoked')[];
  /** The moment at which "expired" is judged. */
  readonly nowMs: number;
  readonly limit: number;
  /** The last key of the page before. */
  readonly before?: ApiKeyId;
}

/** Everything but the digest: this is also what the view of role `dashboard` has. */
const columns = {
  id: true,
  organizationId: true,
  projectId: true,
  name: true,
  kind: true,
  mode: true,
  prefix: true,
  last4: true,
  status: true,
  allowsAllModels: true,
  allowedModels: true,
  allowsAllIps: true,
  allowedIps: true,
  expiresAt: true,
  lastUsedAt: true,
  memberId: true,
  createdByUserId: true,
  createdAt: true,
} as const satisfies Prisma.ApiKeySelect;

type ApiKeyRow = Prisma.ApiKeyGetPayload<{ select: typeof columns }>;
type RateLimitRow = Pick<Prisma.RateLimitGetPayload<true>, 'scopeId' | 'kind' | 'limit' | 'windowMs'>;

/** Reading the keys of one organization. */
export function readApiKeys(scope: TenantScope) {
  const { organizationId } = scope;

  async function withLimits(rows: readonly ApiKeyRow[]): Promise<readonly ApiKeyRecord[]> {
    const scopeIds = rows.map((row) => row.id);
    const limits =
      scopeIds.length === 0
        ? []
        : await scope.read((client) =>
            client.rateLimit.findMany({ where: { organizationId, scope: 'key', scopeId: { in: scopeIds } } }),
          );
    return rows.map((row) => fromRow(row, limits));
  }

  return {
    /** Newest first. */
    list: async (filter: ApiKeyFilter): Promise<readonly ApiKeyRecord[]> =>
      withLimits(
        await scope.read((client) =>
          client.apiKey.findMany({
            select: columns,
            where: { organizationId, AND: conditions(filter) },
            orderBy: { id: 'desc' },
            take: filter.limit,
          }),
        ),
      ),

    /** Undefined when the organization has no such key. */
    find: async (id: ApiKeyId): Promise<ApiKeyRecord | undefined> => {
      const row = await scope.read((client) =>
        client.apiKey.findFirst({ select: columns, where: { id, organizationId } }),
      );
      return row === null ? undefined : (await withLimits([row]))[0];
    },

    /** Those of these keys that the organization has, revoked ones included. */
    findMany: async (ids: readonly ApiKeyId[]): Promise<readonly ApiKeyRecord[]> =>
      withLimits(
        await scope.read((client) =>
          client.apiKey.findMany({ select: columns, where: { id: { in: [...ids] }, organizationId } }),
        ),
      ),
  };
}

/** The keys of one organization. Every change leaves an audit entry in its own transaction. */
export function apiKeyRepository(scope: TenantScope) {
  const { organizationId } = scope;

  /** Changes a key that is not revoked; undefined when there is none. */
  async function change(
    id: ApiKeyId,
    by: ChangedBy,
    action: 'updated' | 'enabled' | 'disabled' | 'revoked',
    data: Prisma.ApiKeyUpdateManyMutationInput,
    settings: ApiKeySettings = {},
  ): Promise<ChangedApiKey | undefined> {
    return scope.change(async (transaction) => {
      const { count } = await transaction.apiKey.updateMany({
        where: { id, organizationId, status: { not: 'revoked' } },
        data,
      });
      if (count === 0) {
        return undefined;
      }
      if (settings.rateLimits !== undefined) {
        await replaceRateLimits(transaction, organizationId, id, settings.rateLimits);
      }
      await appendAudit(transaction, organizationId, by, {
        action: `api_key.${action}`,
        targetType: 'api_key',
        targetId: id,
        detail: describeSettings(settings),
      });
      return load(transaction, organizationId, id);
    });
  }

  return {
    ...readApiKeys(scope),

    /** Undefined when the organization has no such project. */
    create: (input: NewApiKey, by: ChangedBy): Promise<ChangedApiKey | undefined> =>
      scope.change(async (transaction) => {
        const project = await transaction.project.findFirst({
          select: { id: true },
          where: { id: input.projectId, organizationId, status: 'active' },
        });
        if (project === null) {
          return undefined;
        }
        const id = newId<'apiKey'>();
        await transaction.apiKey.createMany({
          data: {
            id,
            organizationId,
            projectId: input.projectId,
            name: input.name,
            kind: input.kind,
            mode: input.mode,
            digest: toBytes(input.digest),
            prefix: input.prefix,
            last4: input.last4,
            memberId: input.memberId ?? null,
            createdByUserId: input.createdByUserId ?? null,
            ...restrictions(input),
          },
        });
        await replaceRateLimits(transaction, organizationId, id, input.rateLimits ?? []);
        await appendAudit(transaction, organizationId, by, {
          action: 'api_key.created',
          targetType: 'api_key',
          targetId: id,
          detail: {
            projectId: input.projectId,
            kind: input.kind,
            mode: input.mode,
            prefix: input.prefix,
            ...describeSettings(input),
          },
        });
        return load(transaction, organizationId, id);
      }),

    /** Sets what is given. Undefined when there is no such key or it is revoked. */
    update: (id: ApiKeyId, settings: ApiKeySettings, by: ChangedBy): Promise<ChangedApiKey | undefined> =>
      change(
        id,
        by,
        'updated',
        {
          ...(settings.name === undefined ? {} : { name: settings.name }),
          ...restrictions(settings),
          updatedAt: new Date(),
        },
        settings,
      ),

    enable: (id: ApiKeyId, by: ChangedBy): Promise<ChangedApiKey | undefined> =>
      change(id, by, 'enabled', { status: 'active' }),

    disable: (id: ApiKeyId, by: ChangedBy): Promise<ChangedApiKey | undefined> =>
      change(id, by, 'disabled', { status: 'disabled' }),

    /** For good. The row stays, because usage refers to it. */
    revoke: (id: ApiKeyId, by: ChangedBy): Promise<ChangedApiKey | undefined> =>
      change(id, by, 'revoked', { status: 'revoked', revokedAt: new Date() }),

    /** Notes when keys were last used; never moves a date back. A projection of usage, so it leaves no audit entry. */
    touchLastUsed: async (ids: readonly ApiKeyId[], atMs: number): Promise<number> => {
      const at = new Date(atMs);
      return scope.change(async (transaction) => {
        const { count } = await transaction.apiKey.updateMany({
          where: { organizationId, id: { in: [...ids] }, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: at } }] },
          data: { lastUsedAt: at },
        });
        return count;
      });
    },
  };
}

async function load(
  transaction: Transaction,
  organizationId: OrganizationId,
  id: ApiKeyId,
): Promise<ChangedApiKey | undefined> {
  const row = await transaction.apiKey.findFirst({
    select: { ...columns, digest: true },
    where: { id, organizationId },
  });
  const limits = await transaction.rateLimit.findMany({ where: { organizationId, scope: 'key', scopeId: id } });
  return row === null ? undefined : { key: fromRow(row, limits), digest: row.digest };
}

async function replaceRateLimits(
  transaction: Transaction,
  organizationId: OrganizationId,
  scopeId: ApiKeyId,
  limits: readonly KeyRateLimit[],
): Promise<void> {
  await transaction.rateLimit.deleteMany({ where: { organizationId, scope: 'key', scopeId } });
  await transaction.rateLimit.createMany({
    data: limits.map(({ kind, limit, windowMs }) => ({
      id: newId<'rateLimit'>(),
      organizationId,
      scope: 'key',
      scopeId,
      kind,
      limit: BigInt(limit),
      windowMs,
    })),
  });
}

interface RestrictionColumns {
  readonly allowsAllModels?: boolean;
  readonly allowedModels?: string[];
  readonly allowsAllIps?: boolean;
  readonly allowedIps?: string[];
  readonly expiresAt?: Date | null;
}

function restrictions(settings: ApiKeySettings): RestrictionColumns {
  const { allowedModels, allowedIps, expiresAtMs } = settings;
  return {
    ...(allowedModels === undefined
      ? {}
      : { allowsAllModels: allowedModels === null, allowedModels: [...(allowedModels ?? [])] }),
    ...(allowedIps === undefined ? {} : { allowsAllIps: allowedIps === null, allowedIps: [...(allowedIps ?? [])] }),
    ...(expiresAtMs === undefined ? {} : { expiresAt: toDate(expiresAtMs ?? undefined) }),
  };
}

function describeSettings({ name, allowedModels, allowedIps, rateLimits, expiresAtMs }: ApiKeySettings) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(allowedModels === undefined ? {} : { allowedModels }),
    ...(allowedIps === undefined ? {} : { allowedIps }),
    ...(rateLimits === undefined
      ? {}
      : { rateLimits: rateLimits.map(({ kind, limit, windowMs }) => ({ kind, limit, windowMs })) }),
    ...(expiresAtMs === undefined
      ? {}
      : { expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString() }),
  };
}

function conditions(filter: ApiKeyFilter): Prisma.ApiKeyWhereInput[] {
  const { projectId, kinds, nowMs, before } = filter;
  const statuses = filter.statuses ?? ['active', 'disabled', 'expired'];
  return [
    ...(projectId === undefined ? [] : [{ projectId }]),
    ...(before === undefined ? [] : [{ id: { lt: before } }]),
    ...(kinds === undefined ? [] : [{ OR: kinds.map(kindCondition) }]),
    { OR: statuses.map((status) => statusCondition(status, new Date(nowMs))) },
  ];
}

function kindCondition(kind: ApiKeyKind): Prisma.ApiKeyWhereInput {
  return kind === 'management' ? { kind: 'management' } : { kind: 'inference', mode: kind };
}

/** An expired key is an active one whose time is over: nothing has to happen for it to expire. */
function statusCondition(status: 'active' | 'disabled' | 'expired' | 'revoked', now: Date): Prisma.ApiKeyWhereInput {
  switch (status) {
    case 'active':
      return { status: 'active', OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
    case 'expired':
      return { status: 'active', expiresAt: { lte: now } };
    case 'disabled':
    case 'revoked':
      return { status };
    default:
      return status satisfies never;
  }
}

function fromRow(row: ApiKeyRow, limits: readonly RateLimitRow[]): ApiKeyRecord {
  return {
    id: asId<'apiKey'>(row.id),
    organizationId: asId<'organization'>(row.organizationId),
    projectId: asId<'project'>(row.projectId),
    name: row.name,
    kind: oneOf(['inference', 'management'], row.kind),
    mode: oneOf(['live', 'test'], row.mode),
    prefix: row.prefix,
    last4: row.last4,
    status: oneOf(['active', 'disabled', 'revoked'], row.status),
    allowedModels: row.allowsAllModels ? undefined : row.allowedModels,
    allowedIps: row.allowsAllIps ? undefined : row.allowedIps,
    rateLimits: limits
      .filter((limit) => limit.scopeId === row.id)
      .map(({ kind, limit, windowMs }) => ({
        kind: oneOf(['requests', 'tokens', 'concurrency'], kind),
        limit: Number(limit),
        windowMs,
      })),
    expiresAtMs: toMs(row.expiresAt),
    lastUsedAtMs: toMs(row.lastUsedAt),
    createdAtMs: row.createdAt.getTime(),
    memberId: row.memberId === null ? undefined : asId<'member'>(row.memberId),
    createdByUserId: row.createdByUserId === null ? undefined : asId<'user'>(row.createdByUserId),
  };
}
