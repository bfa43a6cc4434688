import type { ApiKeyRecord } from '@turnpike/db/api-keys';
import type { OrganizationReaders } from '@turnpike/db/tenant';
import type { CallRecord } from '@turnpike/db/usage';

/** The keys that calls were made with, by id; revoked ones too, because the log outlives them. */
export async function findKeysOf(
  { apiKeys }: Pick<OrganizationReaders, 'apiKeys'>,
  calls: readonly CallRecord[],
): Promise<ReadonlyMap<string, ApiKeyRecord>> {
  const ids = new Set(calls.flatMap(({ attempts }) => attempts.map(({ call }) => call.apiKeyId)));
  const keys = await apiKeys.findMany([...ids]);
  return new Map(keys.map((key) => [key.id, key]));
}
