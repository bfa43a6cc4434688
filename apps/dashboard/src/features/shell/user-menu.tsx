'use client';

import { CircleUserRound, LogOut, MonitorX } from 'lucide-react';
import { toApiError } from '#lib/api-error.ts';
import { call } from '#lib/api.ts';
import { routes } from '#lib/routes.ts';
import { Menu } from '#ui/menu.tsx';
import { notify } from '#ui/notice-store.ts';
import { useScope } from './scope.tsx';

/** Who is signed in, and the way out. */
export function UserMenu() {
  const { user, membership } = useScope();

  const leave = (everywhere: boolean): void => {
    call('logout', { body: { everywhere } }).then(
      // A whole page load: nothing of this session may stay in memory.
      () => location.assign(routes.login),
      (error: unknown) =>
        notify({ title: 'You are still signed in', description: toApiError(error).message, isError: true }),
    );
  };

  return (
    <Menu
      className="w-56"
      trigger={
        <button
          type="button"
          aria-label={`Account of ${user.name}`}
          className="flex size-8 items-center justify-center rounded-full text-muted transition-colors duration-(--duration-fast) hover:bg-hover hover:text-text data-popup-open:bg-hover"
        >
          <CircleUserRound aria-hidden className="size-5" strokeWidth={1.5} />
        </button>
      }
      entries={[
        {
          kind: 'note',
          content: (
            <>
              <p className="truncate text-sm font-medium">{user.name}</p>
              <p className="truncate text-xs text-subtle">{user.email}</p>
              <p className="text-xs text-subtle">
                {membership.role} of {membership.organization.name}
              </p>
            </>
          ),
        },
        { kind: 'separator' },
        { kind: 'action', label: 'Sign out', icon: <LogOut aria-hidden />, onSelect: () => leave(false) },
        { kind: 'action', label: 'Sign out everywhere', icon: <MonitorX aria-hidden />, onSelect: () => leave(true) },
      ]}
    />
  );
}
