'use client';

import type { Permission } from '@turnpike/core/access/roles';
import { ChartColumn, House, KeyRound, LoaderCircle, ScrollText } from 'lucide-react';
import Link, { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { routes } from '#lib/routes.ts';
import { cx } from '#ui/cx.ts';
import { useScope, type Scope } from './scope.tsx';

interface Place {
  readonly name: string;
  readonly icon: ReactNode;
  readonly permission: Permission;
  readonly href: (organizationId: string, projectId: string) => string;
}

interface Group {
  readonly name: string | undefined;
  readonly places: readonly Place[];
}

const groups: readonly Group[] = [
  {
    name: undefined,
    places: [{ name: 'Home', icon: <House aria-hidden />, permission: 'organization.read', href: routes.home }],
  },
  {
    name: 'Build',
    places: [{ name: 'Keys', icon: <KeyRound aria-hidden />, permission: 'api_key.read', href: routes.keys }],
  },
  {
    name: 'Observe',
    places: [
      { name: 'Logs', icon: <ScrollText aria-hidden />, permission: 'usage.read', href: routes.logs },
      { name: 'Usage', icon: <ChartColumn aria-hidden />, permission: 'usage.read', href: routes.usage },
    ],
  },
];

/** The place that a path is in; for the breadcrumbs. */
export function placeOf(path: string, scope: Scope): string | undefined {
  const projectId = scope.project?.id ?? '';
  return groups.flatMap((group) => group.places).find((place) => place.href(scope.organizationId, projectId) === path)
    ?.name;
}

/** The pages of the organization and the project, those that the role may open. */
export function Navigation({ onNavigate }: { readonly onNavigate?: () => void }) {
  const scope = useScope();
  const path = usePathname();
  return (
    <nav aria-label="Pages" className="flex flex-col gap-4">
      {groups.map(({ name, places }) => {
        const open = places.filter((place) => scope.may(place.permission));
        return open.length === 0 ? null : (
          <div key={name ?? 'top'} className="flex flex-col gap-0.5">
            {name !== undefined && <h2 className="px-2 pb-1 text-2xs font-medium text-subtle">{name}</h2>}
            {open.map((place) => {
              const href = place.href(scope.organizationId, scope.project?.id ?? '');
              const isCurrent = path === href;
              return (
                <Link
                  key={place.name}
                  href={href}
                  aria-current={isCurrent ? 'page' : undefined}
                  {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
                  className={cx(
                    'flex h-8 items-center gap-2.5 rounded-md px-2 text-sm font-medium transition-colors duration-(--duration-fast) [&_svg]:size-4',
                    isCurrent
                      ? 'bg-surface text-text shadow-card [&_svg]:text-accent-text'
                      : 'text-muted hover:bg-hover hover:text-text',
                  )}
                >
                  {place.icon}
                  {place.name}
                  <Pending />
                </Link>
              );
            })}
          </div>
        );
      })}
    </nav>
  );
}

/** Beside a place that is on its way; appears late, because most are there before anybody would notice. */
function Pending() {
  const { pending } = useLinkStatus();
  return pending ? <LoaderCircle aria-hidden className="ml-auto size-3.5! animate-late text-subtle!" /> : null;
}
