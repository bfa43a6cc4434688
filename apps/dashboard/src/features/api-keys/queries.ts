import 'server-only';
import type { ApiKeyListView } from '@turnpike/contracts/api-keys';
import { call } from '#lib/api.ts';
import { visitorTransport } from '#server/api.ts';
import { keyListQuery, type KeyFilter } from './key-list-query.ts';

/** The first page of keys that the visitor sees when the page opens. */
export function readKeys(organizationId: string, projectId: string, filter: KeyFilter): Promise<ApiKeyListView> {
  return call('listApiKeys', {
    params: { organizationId },
    query: keyListQuery(projectId, filter),
    transport: visitorTransport,
  });
}
