import { assertMay } from '@turnpike/core/access/authorize-actor';
import type { ApiKeyId } from '@turnpike/core/ids';
import type { ControlContext } from '../services.ts';
import { findOwnApiKey } from './read-api-keys.ts';

/**
 * Revokes a key for good; its usage stays. Gateways are told before this returns. Deleting again changes nothing.
 * Throws GatewayError `access_denied`, and `not_found` for a key outside the actor's reach.
 */
export async function deleteApiKey(context: ControlContext, id: ApiKeyId): Promise<void> {
  const { actor, database, keyAnnouncer } = context;
  assertMay(actor, 'api_key.delete');
  const known = await findOwnApiKey(context, id);
  if (known.kind === 'management') {
    assertMay(actor, 'management_key.manage', known.projectId);
  }
  const revoked = await database.forOrganization(actor.organizationId).apiKeys.revoke(id, context);
  if (revoked !== undefined) {
    await keyAnnouncer.announceChange(revoked.digest);
  }
}
