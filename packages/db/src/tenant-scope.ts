import type { OrganizationId, UserId } from '@turnpike/core/ids';
import { exactTypes, inTransaction, type Connection } from './connection.ts';
import { Prisma } from './generated/client.ts';

/** A transaction in which the tenant is already set. */
export type Transaction = Prisma.TransactionClient;

/** Whose rows a transaction may touch. Row-level security compares every row with it. */
export interface ScopeSettings {
  readonly organizationId?: OrganizationId;
  readonly userId?: UserId;
  /** The digest of a session: the only thing that role `dashboard` is believed. */
  readonly sessionDigest?: Uint8Array;
}

/** Runs queries as one tenant: the setting and the query are one transaction, so a pooled connection carries nothing over. */
export interface Scope {
  /** One query, with the setting before it, in one batch. */
  read<Result>(query: (client: Connection['prisma']) => Prisma.PrismaPromise<Result>): Promise<Result>;
  /** One statement of our own SQL, with the setting before it; `bigint` columns are read as BigInt. */
  query<Row extends object>(sql: Prisma.Sql): Promise<readonly Row[]>;
  /** Several statements that happen together or not at all. */
  change<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

/** The scope of one organization. */
export interface TenantScope extends Scope {
  readonly organizationId: OrganizationId;
}

/** A change waits for its connection and its locks at most this long; then the caller hears of it. */
const maxWaitMs = 5_000;
const transactionTimeoutMs = 15_000;

/** Binds queries to whose rows they may touch. */
export function createScope(connection: Connection, settings: ScopeSettings): Scope {
  const { pool, schema } = connection;
  const organization = settings.organizationId ?? '';
  const user = settings.userId ?? '';
  const session = settings.sessionDigest === undefined ? '' : Buffer.from(settings.sessionDigest).toString('hex');
  const setting = Prisma.sql`SELECT set_config('app.org', ${organization}, true), set_config('app.user', ${user}, true),
    set_config('app.session', ${session}, true), set_config('search_path', ${schema}, true)`;
  return {
    read: async (query) => {
      const { prisma } = connection;
      const [, result] = await prisma.$transaction([prisma.$executeRaw(setting), query(prisma)]);
      return result;
    },
    query: <Row extends object>(sql: Prisma.Sql) =>
      inTransaction(pool, async (client) => {
        await client.query(setting.text, setting.values);
        const { rows } = await client.query<Row>({ text: sql.text, values: sql.values, types: exactTypes });
        return rows;
      }),
    change: (work) =>
      connection.prisma.$transaction(
        async (transaction) => {
          await transaction.$executeRaw(setting);
          return work(transaction);
        },
        { maxWait: maxWaitMs, timeout: transactionTimeoutMs },
      ),
  };
}

/** The scope of one organization. */
export function createTenantScope(
  connection: Connection,
  organizationId: OrganizationId,
  settings: Omit<ScopeSettings, 'organizationId'> = {},
): TenantScope {
  return { organizationId, ...createScope(connection, { ...settings, organizationId }) };
}
