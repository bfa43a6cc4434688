'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ApiKeyListView, ApiKeyView } from '@turnpike/contracts/api-keys';
import { call, type BodyOf } from '#lib/api.ts';
import { keyListQuery, type KeyFilter } from './key-list-query.ts';

const listKey = (organizationId: string) => ['api-keys', organizationId] as const;

/** How often the list looks for changes of others and for last uses. */
const refreshMs = 10_000;

/** One page of keys. `initial` is what the server already read for this very filter. */
export function useApiKeys(organizationId: string, projectId: string, filter: KeyFilter, initial?: ApiKeyListView) {
  return useQuery({
    queryKey: [...listKey(organizationId), projectId, filter],
    queryFn: ({ signal }) =>
      call('listApiKeys', {
        params: { organizationId },
        query: keyListQuery(projectId, filter),
        signal,
      }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

/** Requests and spend of each key in the last 24 hours, hour by hour. */
export function useKeyActivity(organizationId: string, projectId: string) {
  return useQuery({
    queryKey: ['key-activity', organizationId, projectId],
    queryFn: ({ signal }) =>
      call('getUsageSeries', {
        params: { organizationId },
        query: { projectId, groupBy: 'apiKey', interval: 'hour', top: 20 },
        signal,
      }),
    refetchInterval: 3 * refreshMs,
  });
}

type CreateBody = BodyOf<'createApiKey'>;
type UpdateBody = BodyOf<'updateApiKey'>;

/** Creates a key; the result alone holds its secret. */
export function useCreateKey(organizationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateBody) => call('createApiKey', { params: { organizationId }, body }),
    onSettled: () => client.invalidateQueries({ queryKey: listKey(organizationId) }),
    // The secret must not outlive the component that shows it.
    gcTime: 0,
  });
}

/** Changes a key. A change of its state shows at once and is taken back when the API refuses it. */
export function useUpdateKey(organizationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, body }: { readonly key: ApiKeyView; readonly body: UpdateBody }) =>
      call('updateApiKey', { params: { organizationId, apiKeyId: key.id }, body }),
    onMutate: async ({ key, body }) => {
      await client.cancelQueries({ queryKey: listKey(organizationId) });
      const before = client.getQueriesData<ApiKeyListView>({ queryKey: listKey(organizationId) });
      if (body.isEnabled !== undefined) {
        const status = body.isEnabled ? 'active' : 'disabled';
        client.setQueriesData<ApiKeyListView>({ queryKey: listKey(organizationId) }, (page) =>
          withStatus(page, key.id, status),
        );
      }
      return before;
    },
    onError: (_error, _input, before = []) => {
      for (const [queryKey, page] of before) {
        client.setQueryData(queryKey, page);
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: listKey(organizationId) }),
  });
}

/** Revokes a key for good. */
export function useDeleteKey(organizationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: ApiKeyView) => call('deleteApiKey', { params: { organizationId, apiKeyId: key.id } }),
    onSettled: () => client.invalidateQueries({ queryKey: listKey(organizationId) }),
  });
}

function withStatus(
  page: ApiKeyListView | undefined,
  id: string,
  status: ApiKeyView['status'],
): ApiKeyListView | undefined {
  return page === undefined
    ? undefined
    : {
        nextCursor: page.nextCursor,
        items: page.items.map((key) => (key.id === id ? Object.assign({}, key, { status }) : key)),
      };
}
