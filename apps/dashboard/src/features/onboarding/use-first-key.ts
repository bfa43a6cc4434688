'use client';

import { useQuery } from '@tanstack/react-query';
import type { CreatedApiKeyView } from '@turnpike/contracts/api-keys';
import { useEffect, useRef } from 'react';
import { useCreateKey } from '#features/api-keys/use-api-keys.ts';
import { useScope } from '#features/shell/scope.tsx';
import { call } from '#lib/api.ts';

export type FirstKey =
  | { readonly state: 'working' }
  | { readonly state: 'created'; readonly created: CreatedApiKeyView }
  /** The project has a key whose secret is gone: nothing is created without being asked for. */
  | { readonly state: 'has-keys'; readonly create: () => void }
  | { readonly state: 'not-allowed' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void };

/**
 * Creates the first key of a project as soon as the page opens. It asks for the project's keys at that very moment,
 * not with the page: coming back through the browser's history shows an old page, and must not create a second key.
 */
export function useFirstKey(): FirstKey {
  const { organizationId, project, may } = useScope();
  const projectId = project?.id;
  const isAllowed = may('api_key.create') && projectId !== undefined;
  const keys = useQuery({
    queryKey: ['first-key', organizationId, projectId],
    queryFn: ({ signal }) =>
      call('listApiKeys', { params: { organizationId }, query: { projectId, limit: 1 }, signal }),
    enabled: isAllowed,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const { mutate, data: created, error, isPending } = useCreateKey(organizationId);
  const hasStarted = useRef(false);
  const hasNoKeys = keys.data?.items.length === 0;

  const create = (name: string): void => {
    if (projectId !== undefined) {
      mutate({ projectId, name, kind: 'live' });
    }
  };

  useEffect(() => {
    if (hasNoKeys && projectId !== undefined && !hasStarted.current) {
      hasStarted.current = true;
      mutate({ projectId, name: 'First key', kind: 'live' });
    }
  }, [hasNoKeys, mutate, projectId]);

  if (created !== undefined) {
    return { state: 'created', created };
  }
  if (!isAllowed) {
    return { state: 'not-allowed' };
  }
  if (error !== null) {
    return { state: 'failed', error, retry: () => create(hasNoKeys ? 'First key' : 'Another key') };
  }
  if (keys.error !== null) {
    return { state: 'failed', error: keys.error, retry: () => void keys.refetch() };
  }
  return keys.data === undefined || hasNoKeys || isPending
    ? { state: 'working' }
    : { state: 'has-keys', create: () => create('Another key') };
}
