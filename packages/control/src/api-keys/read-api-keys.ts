import type { ApiKeyListView, ApiKeyView, ListApiKeysQuery } from '@turnpike/contracts/api-keys';
import { assertMay, confinedProjectId } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { ApiKeyId } from '@turnpike/core/ids';
import type { ApiKeyRecord } from '@turnpike/db/api-keys';
import { idCursor, readCursor, toPage } from '../paging.ts';
import type { ReadContext } from '../read-context.ts';
import { renderApiKey } from './render-api-key.ts';

/** Lists keys, newest first; those of one project for whoever is confined to one. Throws GatewayError `access_denied`. */
export async function listApiKeys(context: ReadContext, query: ListApiKeysQuery): Promise<ApiKeyListView> {
  const { actor, readers, clock } = context;
  assertMay(actor, 'api_key.read', query.projectId);
  const projectId = query.projectId ?? confinedProjectId(actor);
  const before = readCursor('apiKey', query.cursor);
  const nowMs = clock.nowMs();
  const keys = await readers.apiKeys.list({
    ...(projectId === undefined ? {} : { projectId }),
    ...(query.kind === undefined ? {} : { kinds: query.kind }),
    ...(query.status === undefined ? {} : { statuses: query.status }),
    ...(before === undefined ? {} : { before }),
    nowMs,
    limit: query.limit + 1,
  });
  return toPage(keys, query.limit, {
    render: (key) => renderApiKey(key, nowMs),
    cursorOf: (key) => idCursor('apiKey', key.id),
  });
}

/** Reads one key. Throws GatewayError `access_denied`, and `not_found` for a key outside the actor's reach. */
export async function getApiKey(context: ReadContext, id: ApiKeyId): Promise<ApiKeyView> {
  assertMay(context.actor, 'api_key.read');
  return renderApiKey(await findOwnApiKey(context, id), context.clock.nowMs());
}

/**
 * Finds a key within the actor's reach. Throws GatewayError `not_found`, the same for another organization's key,
 * another project's key where the actor is confined, and no key at all.
 */
export async function findOwnApiKey(
  context: Pick<ReadContext, 'actor' | 'readers'>,
  id: ApiKeyId,
): Promise<ApiKeyRecord> {
  const { actor, readers } = context;
  const key = await readers.apiKeys.find(id);
  const confinement = confinedProjectId(actor);
  if (key === undefined || (confinement !== undefined && key.projectId !== confinement)) {
    throw new GatewayError('not_found', 'There is no such API key.');
  }
  return key;
}
