'use client';

import { useQuery } from '@tanstack/react-query';
import type { CallView } from '@turnpike/contracts/usage';
import { call } from '#lib/api.ts';

const pollMs = 1_500;

/** The first call of a key, as soon as it is in the log; undefined until then. Stops asking once it is there. */
export function useFirstCall(organizationId: string, apiKeyId: string | undefined): CallView | undefined {
  const { data } = useQuery({
    queryKey: ['first-call', organizationId, apiKeyId],
    queryFn: ({ signal }) => call('listCalls', { params: { organizationId }, query: { apiKeyId, limit: 1 }, signal }),
    enabled: apiKeyId !== undefined,
    refetchInterval: ({ state }) => (state.data?.items.length === 1 ? false : pollMs),
  });
  return data?.items[0];
}
