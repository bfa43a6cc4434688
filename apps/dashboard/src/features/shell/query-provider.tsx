'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError } from '#lib/api-error.ts';

/** Figures this old are shown at once and asked for again behind. */
const staleAfterMs = 5_000;
const maxRetries = 2;

/** Retrying helps against lost connections and busy servers, never against a refusal. */
function isWorthRetrying(failureCount: number, error: unknown): boolean {
  const isPassing = !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
  return isPassing && failureCount < maxRetries;
}

/** Holds what the browser has asked for; one per visit. */
export function QueryProvider({ children }: { readonly children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { staleTime: staleAfterMs, retry: isWorthRetrying }, mutations: { retry: false } },
      }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
