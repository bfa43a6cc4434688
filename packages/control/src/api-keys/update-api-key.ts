import type { ApiKeyView, UpdateApiKeyInput } from '@turnpike/contracts/api-keys';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { ApiKeyId } from '@turnpike/core/ids';
import type { ControlContext } from '../services.ts';
import { findOwnApiKey } from './read-api-keys.ts';
import { toSettings } from './key-settings.ts';
import { renderApiKey } from './render-api-key.ts';

/**
 * Changes a key's settings, or whether it works. Gateways are told before this returns. Throws GatewayError
 * `access_denied`, `not_found` for a key outside the actor's reach, `conflict` for a revoked key.
 */
export async function updateApiKey(
  context: ControlContext,
  id: ApiKeyId,
  input: UpdateApiKeyInput,
): Promise<ApiKeyView> {
  const { actor, database, clock, keyAnnouncer } = context;
  assertMay(actor, 'api_key.update');
  const known = await findOwnApiKey(context, id);
  if (known.kind === 'management') {
    assertMay(actor, 'management_key.manage', known.projectId);
  }
  const { isEnabled, ...wanted } = input;
  const settings = toSettings(wanted, clock.nowMs());
  const { apiKeys } = database.forOrganization(actor.organizationId);
  let key = known;
  if (Object.keys(settings).length > 0) {
    const changed = assertNotRevoked(await apiKeys.update(id, settings, context));
    await keyAnnouncer.announceChange(changed.digest);
    ({ key } = changed);
  }
  if (isEnabled === true && key.status !== 'active') {
    const changed = assertNotRevoked(await apiKeys.enable(id, context));
    await keyAnnouncer.announceChange(changed.digest);
    ({ key } = changed);
  }
  if (isEnabled === false && key.status !== 'disabled') {
    const changed = assertNotRevoked(await apiKeys.disable(id, context));
    await keyAnnouncer.announceChange(changed.digest);
    ({ key } = changed);
  }
  return renderApiKey(key, clock.nowMs());
}

function assertNotRevoked<Changed>(changed: Changed | undefined): Changed {
  if (changed === undefined) {
    throw new GatewayError('conflict', 'This API key was deleted. Create another one.');
  }
  return changed;
}
