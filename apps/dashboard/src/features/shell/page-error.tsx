'use client';

import { useRouter } from 'next/navigation';
import { startTransition } from 'react';
import { Problem } from '#ui/problem.tsx';

interface PageErrorProps {
  /** What the server wrote into its log beside the error. */
  readonly digest: string | undefined;
  readonly onRetry: () => void;
}

/** A page that could not be made. Trying again asks the server anew. */
export function PageError({ digest, onRetry }: PageErrorProps) {
  const router = useRouter();
  return (
    <Problem
      title="This page could not be shown"
      message="Something failed on our side. Your calls are not affected: the gateway does not depend on this page."
      requestId={digest}
      onRetry={() =>
        startTransition(() => {
          router.refresh();
          onRetry();
        })
      }
    />
  );
}
