'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '#lib/api.ts';
import { useScope } from './scope.tsx';

const refreshMs = 10_000;

/** What the organization can spend now; not asked for where the role may not see it. */
export function useBalance() {
  const { organizationId, may } = useScope();
  return useQuery({
    queryKey: ['balance', organizationId],
    queryFn: ({ signal }) => call('getBalance', { params: { organizationId }, signal }),
    refetchInterval: refreshMs,
    enabled: may('balance.read'),
  });
}
