'use client';

import { PanelLeft } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import type { Theme } from '#lib/theme.ts';
import { projectOfPath, routes } from '#lib/routes.ts';
import { BrandMark } from '#ui/brand.tsx';
import { IconButton } from '#ui/button.tsx';
import { ThemeToggle } from '#ui/theme-toggle.tsx';
import { BalancePill } from './balance-pill.tsx';
import { Navigation, placeOf } from './navigation.tsx';
import { ScopeSwitcher } from './scope-switcher.tsx';
import { useScope } from './scope.tsx';
import { UserMenu } from './user-menu.tsx';

const MobileMenu = dynamic(() => import('./mobile-menu.tsx').then((module) => module.MobileMenu));

/** The frame of every page of an organization: sidebar, top bar, and the page. */
export function AppFrame({ theme, children }: { readonly theme: Theme; readonly children: ReactNode }) {
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a href="#content" className="skip-link rounded-md bg-inverse px-3 py-2 text-sm text-on-inverse">
        Skip to the content
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r border-line bg-sunken lg:block">
        <SidebarContent theme={theme} />
      </aside>
      <div className="flex min-w-0 flex-col">
        <TopBar theme={theme} />
        <main id="content" className="mx-auto flex w-full max-w-7xl flex-1 flex-col gap-6 px-4 py-6 sm:px-6 lg:px-8">
          {children}
        </main>
      </div>
    </div>
  );
}

function SidebarContent({ theme, onNavigate }: { readonly theme: Theme; readonly onNavigate?: () => void }) {
  return (
    <div className="flex h-full flex-col gap-5 overflow-y-auto p-3">
      <ScopeSwitcher />
      <div className="flex-1">
        <Navigation {...(onNavigate === undefined ? {} : { onNavigate })} />
      </div>
      <div className="flex flex-col gap-3">
        <BalancePill />
        <ThemeToggle initial={theme} />
      </div>
    </div>
  );
}

function TopBar({ theme }: { readonly theme: Theme }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <header className="sticky top-0 z-20 flex h-13 items-center justify-between gap-3 border-b border-line bg-canvas/92 px-4 backdrop-blur-sm sm:px-6 lg:px-8">
      <div className="flex min-w-0 items-center gap-2.5">
        <IconButton
          label="Open the menu"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(true)}
          className="-ml-1.5 lg:hidden!"
        >
          <PanelLeft aria-hidden />
        </IconButton>
        {isOpen && (
          <MobileMenu onClose={() => setIsOpen(false)}>
            <SidebarContent theme={theme} onNavigate={() => setIsOpen(false)} />
          </MobileMenu>
        )}
        <Breadcrumbs />
      </div>
      <UserMenu />
    </header>
  );
}

function Breadcrumbs() {
  const scope = useScope();
  const path = usePathname();
  const { project, organizationId } = scope;
  const place = placeOf(path, scope);
  const isInProject = projectOfPath(path) !== undefined;
  return (
    <nav aria-label="Where you are" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-2 text-sm text-muted [&_li+li]:before:mr-2 [&_li+li]:before:text-subtle [&_li+li]:before:content-['/']">
        <li className="flex min-w-0 items-center">
          <Link
            href={routes.home(organizationId)}
            className="flex min-w-0 items-center gap-2 rounded-sm hover:text-text"
          >
            <BrandMark className="size-5 shrink-0" />
            <span className="hidden truncate sm:inline">{scope.membership.organization.name}</span>
            <span className="sr-only sm:hidden">{scope.membership.organization.name}</span>
          </Link>
        </li>
        {isInProject && project !== undefined && (
          <li className="hidden min-w-0 truncate sm:block">
            <Link href={routes.keys(organizationId, project.id)} className="rounded-sm hover:text-text">
              {project.name}
            </Link>
          </li>
        )}
        {place !== undefined && (
          <li aria-current="page" className="font-medium text-text">
            {place}
          </li>
        )}
      </ol>
    </nav>
  );
}
