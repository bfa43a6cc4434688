import type { Principal } from '@turnpike/core/access/principal';
import { roles, type Role } from '@turnpike/core/access/roles';
import { asId, type MemberId, type OrganizationId, type SessionId, type UserId } from '@turnpike/core/ids';
import type { RateLimit } from '@turnpike/core/limits/rate-limit';
import type pg from 'pg';
import { oneOf, toMs } from './row-values.ts';

/** The person behind a session, found before any tenant is known. */
export interface FoundSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
  readonly expiresAtMs: number;
  readonly lastSeenAtMs: number;
  readonly memberships: readonly {
    readonly memberId: MemberId;
    readonly organizationId: OrganizationId;
    readonly role: Role;
  }[];
}

/** Who may log in with an address, and the hash that the password must match. */
export interface FoundUser {
  readonly userId: UserId;
  readonly name: string;
  readonly status: 'active' | 'disabled';
  readonly passwordHash: string | undefined;
}

interface KeyRow {
  organization_id: string;
  project_id: string;
  api_key_id: string;
  member_id: string | null;
  key_name: string;
  mode: string;
  kind: string;
  status: string;
  organization_status: string;
  expires_at: Date | null;
  allows_all_models: boolean;
  allowed_models: string[];
  allows_all_ips: boolean;
  allowed_ips: string[];
  rate_limits: { scope: string; kind: string; limit: number; windowMs: number }[];
  allows_unlisted_models: boolean;
  always_sends_usage: boolean;
  exposes_attempts: boolean;
  price_book_id: string | null;
}

/** Who a key belongs to, by its digest; undefined when there is no such key. Its status is in the answer. */
export async function findPrincipal(pool: pg.Pool, digest: Uint8Array): Promise<Principal | undefined> {
  const { rows } = await pool.query<KeyRow>('SELECT * FROM app.find_api_key($1)', [Buffer.from(digest)]);
  const row = rows[0];
  return row === undefined ? undefined : principalFromRow(row);
}

/** Who a session belongs to, by its digest; undefined when it is unknown, expired or revoked. */
export async function findSession(pool: pg.Pool, digest: Uint8Array): Promise<FoundSession | undefined> {
  const { rows } = await pool.query<{
    session_id: string;
    user_id: string;
    email: string;
    name: string;
    expires_at: Date;
    last_seen_at: Date;
    memberships: { memberId: string; organizationId: string; role: string }[];
  }>('SELECT * FROM app.find_session($1)', [Buffer.from(digest)]);
  const row = rows[0];
  return row === undefined
    ? undefined
    : {
        sessionId: asId<'session'>(row.session_id),
        userId: asId<'user'>(row.user_id),
        email: row.email,
        name: row.name,
        expiresAtMs: row.expires_at.getTime(),
        lastSeenAtMs: row.last_seen_at.getTime(),
        memberships: row.memberships.map(({ memberId, organizationId, role }) => ({
          memberId: asId<'member'>(memberId),
          organizationId: asId<'organization'>(organizationId),
          role: oneOf(roles, role),
        })),
      };
}

/** Who has an address, in any spelling of its letters; undefined when nobody has. */
export async function findUserByEmail(pool: pg.Pool, email: string): Promise<FoundUser | undefined> {
  const { rows } = await pool.query<{
    user_id: string;
    name: string;
    status: string;
    password_hash: string | null;
  }>('SELECT * FROM app.find_user_by_email($1)', [email]);
  const row = rows[0];
  return row === undefined
    ? undefined
    : {
        userId: asId<'user'>(row.user_id),
        name: row.name,
        status: oneOf(['active', 'disabled'], row.status),
        passwordHash: row.password_hash ?? undefined,
      };
}

function principalFromRow(row: KeyRow): Principal {
  return {
    organizationId: asId<'organization'>(row.organization_id),
    projectId: asId<'project'>(row.project_id),
    apiKeyId: asId<'apiKey'>(row.api_key_id),
    memberId: row.member_id === null ? undefined : asId<'member'>(row.member_id),
    keyName: row.key_name,
    mode: oneOf(['live', 'test'], row.mode),
    kind: oneOf(['inference', 'management'], row.kind),
    status: oneOf(['active', 'disabled', 'revoked'], row.status),
    organizationStatus: oneOf(['active', 'suspended'], row.organization_status),
    expiresAtMs: toMs(row.expires_at),
    allowedModels: row.allows_all_models ? undefined : row.allowed_models,
    allowedIps: row.allows_all_ips ? undefined : row.allowed_ips,
    rateLimits: row.rate_limits.map(({ scope, kind, limit, windowMs }): RateLimit => ({
      scope: oneOf(['key', 'project', 'organization'], scope),
      kind: oneOf(['requests', 'tokens', 'concurrency'], kind),
      limit,
      windowMs,
    })),
    allowsUnlistedModels: row.allows_unlisted_models,
    alwaysSendsUsage: row.always_sends_usage,
    exposesAttempts: row.exposes_attempts,
    priceBookId: row.price_book_id ?? undefined,
  };
}
