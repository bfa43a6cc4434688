import type { OrganizationId } from '@turnpike/core/ids';
import { postToAccount, readAccount } from './hold-store.ts';
import type { LedgerDelta } from './hold-types.ts';
import type { RedisConnection } from './redis-client.ts';

/** Reads an organization's ledger transactions after a sequence, in order and without gaps. */
export type ReadLedgerDeltas = (
  organizationId: OrganizationId,
  afterSequence: number,
) => Promise<readonly LedgerDelta[]>;

/**
 * Closes a gap: applies every ledger transaction that an account in Redis is missing. For whoever was answered `gap` by
 * a post or `behind` by a hold; several may do it at once. An account that is not loaded needs nothing. Throws when
 * the transactions that were read have a gap themselves.
 */
export async function catchUpAccount(
  redis: RedisConnection,
  organizationId: OrganizationId,
  readDeltas: ReadLedgerDeltas,
): Promise<void> {
  const account = await readAccount(redis, organizationId);
  if (account === undefined) {
    return;
  }
  for (const delta of await readDeltas(organizationId, account.postedSequence)) {
    const { outcome } = await postToAccount(redis, delta);
    if (outcome === 'absent') {
      return;
    }
    if (outcome === 'gap') {
      throw new Error(`The ledger transaction before ${delta.sequence} is missing.`);
    }
  }
}
