'use client';

import { PageError } from '#features/shell/page-error.tsx';

export default function OrganizationError({
  error,
  reset,
}: {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}) {
  return <PageError digest={error.digest} onRetry={reset} />;
}
