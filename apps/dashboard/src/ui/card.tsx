import type { ReactNode } from 'react';
import { cx } from './cx.ts';

interface CardProps {
  readonly className?: string;
  readonly children: ReactNode;
}

/** A sheet on the page. Cards do not stand in cards. */
export function Card({ className, children }: CardProps) {
  return <section className={cx('rounded-lg bg-surface shadow-card', className)}>{children}</section>;
}

interface CardHeaderProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
}

export function CardHeader({ title, description, actions }: CardHeaderProps) {
  return (
    <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-3">
      <div className="min-w-0">
        <h2 className="text-sm font-semibold">{title}</h2>
        {description !== undefined && <p className="text-xs text-subtle">{description}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
