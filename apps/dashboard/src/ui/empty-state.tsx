import type { ReactNode } from 'react';
import { cx } from './cx.ts';

interface EmptyStateProps {
  /**
   * Why there is nothing: `nothing-yet` shows the way to the first one, `no-match` how to widen the filter,
   * `not-allowed` who can grant it. They must never be mistaken for one another.
   */
  readonly kind: 'nothing-yet' | 'no-match' | 'not-allowed';
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly className?: string;
}

/** What stands where a list would: a sentence and the next action, never just "no data". */
export function EmptyState({ kind, icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div data-kind={kind} className={cx('flex flex-col items-center gap-4 px-6 py-14 text-center', className)}>
      <span
        aria-hidden
        className={cx(
          'flex size-11 items-center justify-center rounded-lg shadow-card [&_svg]:size-5',
          kind === 'nothing-yet' ? 'bg-accent-soft text-accent-text' : 'bg-sunken text-subtle',
        )}
      >
        {icon}
      </span>
      <div className="flex max-w-md flex-col gap-1">
        <h2 className="text-md font-semibold">{title}</h2>
        {children !== undefined && <div className="text-sm text-pretty text-muted">{children}</div>}
      </div>
      {action !== undefined && <div className="flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
