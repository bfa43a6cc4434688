'use client';

import type { ApiKeyView } from '@turnpike/contracts/api-keys';
import { CirclePause, CirclePlay, Ellipsis, Pencil, ScrollText, Trash2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import { toApiError } from '#lib/api-error.ts';
import { routes } from '#lib/routes.ts';
import { useScope } from '#features/shell/scope.tsx';
import { IconButton } from '#ui/button.tsx';
import { Menu, type MenuEntry } from '#ui/menu.tsx';
import { notify } from '#ui/notice-store.ts';
import { usePanel } from '#ui/use-panel.ts';
import { useUpdateKey } from './use-api-keys.ts';

const EditKeyDrawer = dynamic(() => import('./edit-key-drawer.tsx').then((module) => module.EditKeyDrawer));
const DeleteKeyDialog = dynamic(() => import('./delete-key-dialog.tsx').then((module) => module.DeleteKeyDialog));

interface KeyRowMenuProps {
  readonly apiKey: ApiKeyView;
  readonly recentCalls: number | undefined;
}

/** What can be done with one key, as far as the role allows. */
export function KeyRowMenu({ apiKey, recentCalls }: KeyRowMenuProps) {
  const { organizationId, may } = useScope();
  const panel = usePanel<'edit' | 'delete'>();
  const setEnabled = useSetEnabled();
  const isManagement = apiKey.kind === 'management';
  const mayUpdate = may('api_key.update') && (!isManagement || may('management_key.manage'));
  const mayDelete = may('api_key.delete') && (!isManagement || may('management_key.manage'));
  const isFinal = apiKey.status === 'revoked';
  const entries: readonly MenuEntry[] = [
    ...(isManagement
      ? []
      : [
          {
            kind: 'link' as const,
            label: 'Requests of this key',
            icon: <ScrollText aria-hidden />,
            href: `${routes.logs(organizationId, apiKey.projectId)}?key=${apiKey.id}`,
          },
        ]),
    ...(mayUpdate && !isFinal
      ? [{ kind: 'action' as const, label: 'Edit', icon: <Pencil aria-hidden />, onSelect: () => panel.open('edit') }]
      : []),
    ...(mayUpdate && apiKey.status === 'disabled'
      ? [
          {
            kind: 'action' as const,
            label: 'Enable',
            icon: <CirclePlay aria-hidden />,
            onSelect: () => setEnabled(apiKey, true),
          },
        ]
      : []),
    ...(mayUpdate && apiKey.status === 'active'
      ? [
          {
            kind: 'action' as const,
            label: 'Disable',
            icon: <CirclePause aria-hidden />,
            onSelect: () => setEnabled(apiKey, false),
          },
        ]
      : []),
    ...(mayDelete && !isFinal
      ? [
          { kind: 'separator' as const },
          {
            kind: 'action' as const,
            label: 'Delete…',
            icon: <Trash2 aria-hidden />,
            isDangerous: true,
            onSelect: () => panel.open('delete'),
          },
        ]
      : []),
  ];
  if (entries.length === 0) {
    return null;
  }
  return (
    <>
      <Menu
        trigger={
          <IconButton size="icon-sm" label={`Actions for ${apiKey.name}`}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
        entries={entries}
      />
      {panel.shown === 'edit' && (
        <EditKeyDrawer apiKey={apiKey} isOpen={panel.isOpen} onOpenChange={panel.close} onClosed={panel.forget} />
      )}
      {panel.shown === 'delete' && (
        <DeleteKeyDialog
          apiKey={apiKey}
          recentCalls={recentCalls}
          isOpen={panel.isOpen}
          onOpenChange={panel.close}
          onClosed={panel.forget}
        />
      )}
    </>
  );
}

/** Turns a key off or on at once, with a way back. */
function useSetEnabled(): (apiKey: ApiKeyView, isEnabled: boolean) => void {
  const { organizationId } = useScope();
  const { mutate } = useUpdateKey(organizationId);
  const set = (apiKey: ApiKeyView, isEnabled: boolean, isUndo = false): void =>
    mutate(
      { key: apiKey, body: { isEnabled } },
      {
        onSuccess: () => {
          if (!isUndo) {
            notify({
              title: `${apiKey.name} is ${isEnabled ? 'enabled' : 'disabled'}`,
              description: isEnabled ? 'Calls with it are answered again.' : 'Calls with it are refused from now on.',
              action: { label: 'Undo', onSelect: () => set(apiKey, !isEnabled, true) },
            });
          }
        },
        onError: (error) =>
          notify({ title: `${apiKey.name} was not changed`, description: toApiError(error).message, isError: true }),
      },
    );
  return set;
}
