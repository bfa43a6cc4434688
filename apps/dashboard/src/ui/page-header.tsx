import type { ReactNode } from 'react';

interface PageHeaderProps {
  readonly title: string;
  /** One sentence about what the page is for; it teaches, it does not repeat the title. */
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
}

/** The top of every page: its name, and what can be done here. */
export function PageHeader({ title, description, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 flex-col gap-0.5">
        <h1 className="text-xl font-semibold">{title}</h1>
        {description !== undefined && <p className="max-w-2xl text-sm text-pretty text-muted">{description}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
