import type { Principal } from '@turnpike/core/access/principal';
import type { Price } from '@turnpike/core/catalog/price';
import type { OrganizationId, UserId } from '@turnpike/core/ids';
import { connect, type ConnectionOptions } from './connection.ts';
import { findPrincipal, findSession, findUserByEmail, type FoundSession, type FoundUser } from './lookups.ts';
import { findPrice, loadCatalog, type StoredCatalog } from './repositories/catalog.ts';
import { signUp, type SignUp, type SignUpResult } from './repositories/sign-up.ts';
import {
  forOrganization,
  forUser,
  readOrganizationAs,
  type OrganizationReaders,
  type OrganizationRepositories,
  type UserRepository,
} from './tenant.ts';

export type DatabaseOptions = Omit<ConnectionOptions, 'schema'>;

/** What belongs to the platform and to no tenant. */
export interface PlatformReads {
  /** The catalogue with the prices in force at a moment; as role `dashboard` without price books. */
  loadCatalog(nowMs: number): Promise<StoredCatalog>;
  /** A price by its id, also one that is not in force any more; undefined when there is none. */
  findPrice(id: string): Promise<Price | undefined>;
  /** Throws when Postgres does not answer. */
  ping(): Promise<void>;
  /** Closes all connections; running queries are finished first. */
  close(): Promise<void>;
}

/**
 * Postgres as role `app`. There is no unscoped query: rows are reached through an organization or a person, and
 * before either is known, through a named look-up.
 */
export interface Database extends PlatformReads {
  forOrganization(organizationId: OrganizationId): OrganizationRepositories;
  forUser(userId: UserId): UserRepository;
  findPrincipal(apiKeyDigest: Uint8Array): Promise<Principal | undefined>;
  findSession(sessionDigest: Uint8Array): Promise<FoundSession | undefined>;
  findUserByEmail(email: string): Promise<FoundUser | undefined>;
  signUp(input: SignUp): Promise<SignUpResult>;
}

/** Postgres as role `dashboard`: reads only, and only what the person behind the session may see. */
export interface DashboardDatabase extends PlatformReads {
  readOrganizationAs(sessionDigest: Uint8Array, organizationId: OrganizationId): OrganizationReaders;
}

/** Connects on first use. `url` is the login of role `app`. */
export function createDatabase(options: DatabaseOptions): Database {
  const connection = connect({ ...options, schema: 'public' });
  return {
    ...platformReads(connection),
    forOrganization: (organizationId) => forOrganization(connection, organizationId),
    forUser: (userId) => forUser(connection, userId),
    findPrincipal: (digest) => findPrincipal(connection.pool, digest),
    findSession: (digest) => findSession(connection.pool, digest),
    findUserByEmail: (email) => findUserByEmail(connection.pool, email),
    signUp: (input) => signUp(connection, input),
  };
}

/** Connects on first use. `url` is the login of role `dashboard`. */
export function createDashboardDatabase(options: DatabaseOptions): DashboardDatabase {
  const connection = connect({ ...options, schema: 'dashboard' });
  return {
    ...platformReads(connection),
    readOrganizationAs: (sessionDigest, organizationId) =>
      readOrganizationAs(connection, sessionDigest, organizationId),
  };
}

function platformReads(connection: ReturnType<typeof connect>): PlatformReads {
  return {
    loadCatalog: (nowMs) => loadCatalog(connection, nowMs),
    findPrice: (id) => findPrice(connection, id),
    ping: async () => {
      await connection.pool.query('SELECT 1');
    },
    close: () => connection.close(),
  };
}
