'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CallListView } from '@turnpike/contracts/usage';
import { call } from '#lib/api.ts';
import { isFollowing, logQuery, type LogFilter } from './log-filter.ts';

const followMs = 2_500;

/** One page of the log. `initial` is what the server already read for this very filter. Follows while `isLive`. */
export function useCalls(
  organizationId: string,
  projectId: string,
  filter: LogFilter,
  isLive: boolean,
  initial?: CallListView,
) {
  return useQuery({
    queryKey: ['calls', organizationId, projectId, filter],
    queryFn: ({ signal }) =>
      call('listCalls', { params: { organizationId }, query: logQuery(projectId, filter), signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData,
    refetchInterval: isLive && isFollowing(filter) ? followMs : false,
  });
}

/** One call with its attempts. A call that is in the log does not change, but for corrections, which are rare. */
export function useCall(organizationId: string, requestId: string) {
  return useQuery({
    queryKey: ['call', organizationId, requestId],
    queryFn: ({ signal }) => call('getCall', { params: { organizationId, requestId }, signal }),
    staleTime: 60_000,
  });
}

/** The keys of the project, to filter by. */
export function useFilterKeys(organizationId: string, projectId: string, isAllowed: boolean) {
  return useQuery({
    queryKey: ['filter-keys', organizationId, projectId],
    queryFn: ({ signal }) =>
      call('listApiKeys', { params: { organizationId }, query: { projectId, limit: 100 }, signal }),
    enabled: isAllowed,
    staleTime: 30_000,
  });
}
