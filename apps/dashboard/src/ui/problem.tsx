'use client';

import { RotateCw, TriangleAlert } from 'lucide-react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';

interface ProblemProps {
  readonly title: string;
  readonly message: string;
  /** Quoted to support, and found in our logs. */
  readonly requestId?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
  readonly className?: string;
}

/** One panel that failed, alone: the rest of the page goes on. */
export function Problem({ title, message, requestId, onRetry, className }: ProblemProps) {
  return (
    <div
      role="alert"
      className={cx(
        'flex flex-col items-start gap-3 rounded-lg bg-danger-soft p-4 sm:flex-row sm:items-center',
        className,
      )}
    >
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium">{title}</p>
        <p className="text-xs break-words text-muted">
          {message}
          {requestId !== undefined && (
            <>
              {' '}
              Request <code className="font-mono">{requestId}</code>
            </>
          )}
        </p>
      </div>
      {onRetry !== undefined && (
        <Button size="sm" onClick={onRetry}>
          <RotateCw aria-hidden />
          Try again
        </Button>
      )}
    </div>
  );
}
