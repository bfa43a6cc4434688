'use client';

import { PageError } from '#features/shell/page-error.tsx';

export default function RootError({
  error,
  reset,
}: {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-xl flex-col justify-center px-5">
      <PageError digest={error.digest} onRetry={reset} />
    </main>
  );
}
