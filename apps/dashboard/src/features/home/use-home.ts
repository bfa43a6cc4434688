'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '#lib/api.ts';
import { homeQueries, type HomeData } from './home-data.ts';

const refreshMs = 5_000;
const slowRefreshMs = 30_000;

/** The parts of the home page, kept fresh; each stands and fails alone. */
export function useHome(
  organizationId: string,
  may: { readonly usage: boolean; readonly keys: boolean },
  initial: HomeData,
) {
  const params = { organizationId };
  const month = useQuery({
    queryKey: ['home', organizationId, 'month'],
    queryFn: ({ signal }) => call('getUsageSummary', { params, query: homeQueries().month, signal }),
    ...(initial.month === undefined ? {} : { initialData: initial.month }),
    enabled: may.usage,
    refetchInterval: refreshMs,
  });
  const day = useQuery({
    queryKey: ['home', organizationId, 'day'],
    queryFn: ({ signal }) => call('getUsageSummary', { params, query: homeQueries().day, signal }),
    ...(initial.day === undefined ? {} : { initialData: initial.day }),
    enabled: may.usage,
    refetchInterval: refreshMs,
  });
  const models = useQuery({
    queryKey: ['home', organizationId, 'models'],
    queryFn: ({ signal }) => call('getUsageSeries', { params, query: homeQueries().models, signal }),
    ...(initial.models === undefined ? {} : { initialData: initial.models }),
    enabled: may.usage,
    refetchInterval: slowRefreshMs,
  });
  const calls = useQuery({
    queryKey: ['home', organizationId, 'calls'],
    queryFn: ({ signal }) => call('listCalls', { params, query: homeQueries().calls, signal }),
    ...(initial.calls === undefined ? {} : { initialData: initial.calls }),
    enabled: may.usage,
    refetchInterval: refreshMs,
  });
  const keys = useQuery({
    queryKey: ['home', organizationId, 'keys'],
    queryFn: ({ signal }) => call('listApiKeys', { params, query: homeQueries().keys, signal }),
    ...(initial.keys === undefined ? {} : { initialData: initial.keys }),
    enabled: may.keys,
    refetchInterval: slowRefreshMs,
  });
  return { month, day, models, calls, keys };
}
