'use client';

import type { ApiKeyView } from '@turnpike/contracts/api-keys';
import { toApiError } from '#lib/api-error.ts';
import { formatCounted } from '#lib/format-number.ts';
import { useScope } from '#features/shell/scope.tsx';
import { ConfirmDanger } from '#ui/confirm-danger.tsx';
import { TimeText } from '#ui/time-text.tsx';
import { notify } from '#ui/notice-store.ts';
import { useDeleteKey } from './use-api-keys.ts';

interface DeleteKeyDialogProps {
  readonly apiKey: ApiKeyView;
  /** Requests in the last 24 hours; undefined while that is not known. */
  readonly recentCalls: number | undefined;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onClosed: () => void;
}

/** Asks before a key is revoked for good, and says who would notice. */
export function DeleteKeyDialog({ apiKey, recentCalls, isOpen, onOpenChange, onClosed }: DeleteKeyDialogProps) {
  const { organizationId } = useScope();
  const { mutate, isPending } = useDeleteKey(organizationId);
  return (
    <ConfirmDanger
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
      title={`Delete ${apiKey.name}?`}
      action="Delete key"
      phrase={apiKey.name}
      isBusy={isPending}
      onConfirm={() =>
        mutate(apiKey, {
          onSuccess: () => {
            onOpenChange(false);
            notify({
              title: `Deleted ${apiKey.name}`,
              description: 'Calls with it are refused from now on. Its usage stays.',
            });
          },
          onError: (error) =>
            notify({ title: `${apiKey.name} was not deleted`, description: toApiError(error).message, isError: true }),
        })
      }
      impact={
        <ul className="flex list-disc flex-col gap-1 pl-4">
          <li>Calls with this key are refused at once. This cannot be undone; to stop it for a while, disable it.</li>
          <li>
            {apiKey.lastUsedAt === null ? (
              'It was never used.'
            ) : (
              <>
                Last used <TimeText iso={apiKey.lastUsedAt} form="relative" className="font-medium text-text" />
                {recentCalls !== undefined && `, ${formatCounted(recentCalls, 'request')} in the last 24 hours`}.
              </>
            )}
          </li>
          <li>Its requests and their costs stay in the log.</li>
        </ul>
      }
    />
  );
}
