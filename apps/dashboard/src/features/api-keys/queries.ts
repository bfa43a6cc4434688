import 'server-only';
import { listApiKeysQuery, type ApiKeyListView } from '@turnpike/contracts/api-keys';
import { listApiKeys } from '@turnpike/control/read';
import { firstRead } from '#server/first-read.ts';
import { keyListQuery, type KeyFilter } from './key-list-query.ts';

/** The page of keys that the visitor sees when the page opens. */
export function readKeys(
  organizationId: string,
  projectId: string,
  filter: KeyFilter,
): Promise<ApiKeyListView | undefined> {
  return firstRead(organizationId, listApiKeysQuery, keyListQuery(projectId, filter), listApiKeys);
}
