import type { Actor } from '@turnpike/core/access/authorize-actor';
import { asId, type Id, type OrganizationId } from '@turnpike/core/ids';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';
import { newId } from '../new-id.ts';
import type { TenantScope, Transaction } from '../tenant-scope.ts';
import { oneOf } from '../row-values.ts';

/** Who does a change, and from where. Every changing method of a repository asks for it and leaves one audit entry. */
export interface ChangedBy {
  readonly actor: Actor;
  readonly ip: string | undefined;
}

/** What an entry says besides who: a noun and a past verb, the thing, and facts without secrets. */
export interface AuditFacts {
  readonly action: `${string}.${string}`;
  readonly targetType: string;
  readonly targetId: string;
  readonly detail: JsonObject;
}

export interface AuditRecord extends AuditFacts {
  readonly id: Id<'auditEntry'>;
  readonly seq: bigint;
  readonly actorType: 'member' | 'management_key' | 'operator' | 'system';
  readonly actorId: string;
  readonly ip: string | undefined;
  readonly createdAtMs: number;
}

/** Where a chain of entries is broken: the first entry whose hash or number does not follow from the one before. */
export type AuditVerdict =
  | { readonly isIntact: true; readonly entries: bigint }
  | { readonly isIntact: false; readonly brokenAtSeq: bigint };

/** Adds an audit entry to the caller's transaction: if the change does not happen, neither does the entry. */
export async function appendAudit(
  transaction: Transaction,
  organizationId: OrganizationId,
  by: ChangedBy,
  facts: AuditFacts,
): Promise<void> {
  await transaction.$executeRaw`
    SELECT app.append_audit(${newId<'auditEntry'>()}::uuid, ${organizationId}::uuid, ${by.actor.type},
      ${actorId(by.actor)}, ${facts.action}, ${facts.targetType}, ${facts.targetId}, ${JSON.stringify(facts.detail)},
      ${by.ip ?? null})`;
}

function actorId(actor: Actor): string {
  switch (actor.type) {
    case 'member':
      return actor.memberId;
    case 'management_key':
      return actor.apiKeyId;
    case 'system':
      return actor.name;
    default:
      return actor satisfies never;
  }
}

/** The audit log of an organization. Entries are written by the changes themselves. */
export function readAudit(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    /** Newest first, before `beforeSeq` when it is given. */
    list: async (page: { readonly limit: number; readonly beforeSeq?: bigint }): Promise<readonly AuditRecord[]> => {
      const rows = await scope.read((client) =>
        client.auditEntry.findMany({
          where: { organizationId, ...(page.beforeSeq === undefined ? {} : { seq: { lt: page.beforeSeq } }) },
          orderBy: { seq: 'desc' },
          take: page.limit,
        }),
      );
      return rows.map((row) => ({
        id: asId<'auditEntry'>(row.id),
        seq: row.seq,
        actorType: oneOf(['member', 'management_key', 'operator', 'system'], row.actorType),
        actorId: row.actorId,
        action: parseAction(row.action),
        targetType: row.targetType,
        targetId: row.targetId,
        detail: parseDetail(row.detail),
        ip: row.ip ?? undefined,
        createdAtMs: row.createdAt.getTime(),
      }));
    },
  };
}

/** The audit log with the check of its chain, which only the app role may run. */
export function auditRepository(scope: TenantScope) {
  const { organizationId } = scope;
  return {
    ...readAudit(scope),
    /** Recomputes every hash from the entries themselves and compares the last one with the chain's head. */
    verify: async (): Promise<AuditVerdict> => {
      const [verdict] = await scope.read(
        (client) => client.$queryRaw<{ entries: bigint; broken_at: bigint | null }[]>`
        WITH chain AS (
          SELECT e.seq,
                 e.seq = row_number() OVER in_order
                 AND e.previous_hash = coalesce(lag(e.hash) OVER in_order, sha256(convert_to(e.organization_id::text, 'UTF8')))
                 AND e.hash = sha256(app.audit_bytes(e.previous_hash, e.organization_id, e.seq, e.id, e.actor_type,
                       e.actor_id, e.action, e.target_type, e.target_id, e.detail, e.ip, e.created_at)) AS is_intact
            FROM audit_entry e WHERE e.organization_id = ${organizationId}::uuid
          WINDOW in_order AS (ORDER BY e.seq)
        ), head AS (
          SELECT h.seq + 1 AS next_seq FROM audit_head h
           WHERE h.organization_id = ${organizationId}::uuid
             AND NOT EXISTS (SELECT FROM audit_entry e
                              WHERE e.organization_id = h.organization_id AND e.seq = h.seq AND e.hash = h.hash)
        )
        SELECT count(*) AS entries, least(min(seq) FILTER (WHERE NOT is_intact), (SELECT next_seq FROM head)) AS broken_at
          FROM chain`,
      );
      return verdict === undefined || verdict.broken_at === null
        ? { isIntact: true, entries: verdict?.entries ?? 0n }
        : { isIntact: false, brokenAtSeq: verdict.broken_at };
    },
  };
}

function parseAction(text: string): AuditFacts['action'] {
  const [noun = '', ...verb] = text.split('.');
  return `${noun}.${verb.join('.')}`;
}

function parseDetail(text: string): JsonObject {
  const value: Json = JSON.parse(text);
  return isJsonObject(value) ? value : {};
}
