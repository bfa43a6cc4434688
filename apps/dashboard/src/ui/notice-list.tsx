'use client';

import { Toast } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { buttonClass } from './button.tsx';
import { subscribeToNotices, takeNotices, waitingNotices, type Notice } from './notice-store.ts';

/** How long a notice with a way back stays: long enough to read it, decide and reach it. */
const actionableMs = 10_000;
const informativeMs = 5_000;
const untilClosed = 0;

/** Shows notices at the corner of the page and reads them to screen readers. */
export function NoticeList() {
  return (
    <Toast.Provider>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[calc(100vw-2rem)] flex-col gap-2 sm:w-[22rem]">
          <Notices />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Notices() {
  const { toasts, add } = Toast.useToastManager();
  const waiting = useSyncExternalStore(subscribeToNotices, waitingNotices, waitingNotices);

  useEffect(() => {
    if (waiting.length > 0) {
      for (const notice of takeNotices()) {
        add(toastOf(notice));
      }
    }
  }, [waiting, add]);

  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="rounded-lg bg-raised shadow-popover transition-[opacity,translate] duration-(--duration-slow) ease-settle data-ending-style:translate-y-2 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-3 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-2.5 p-3">
        {toast.type === 'error' ? (
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
        ) : (
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-success" />
        )}
        <div className="min-w-0 flex-1">
          <Toast.Title className="text-sm font-medium" />
          <Toast.Description className="text-xs break-words text-muted" />
        </div>
        {toast.actionProps !== undefined && <Toast.Action className={buttonClass('secondary', 'sm')} />}
        <Toast.Close aria-label="Dismiss" className={buttonClass('ghost', 'icon-sm', '-m-1')}>
          <X aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

function toastOf({ title, description, isError = false, action }: Notice) {
  return {
    title,
    type: isError ? 'error' : 'success',
    priority: isError ? ('high' as const) : ('low' as const),
    timeout: isError ? untilClosed : action === undefined ? informativeMs : actionableMs,
    ...(description === undefined ? {} : { description }),
    ...(action === undefined ? {} : { actionProps: { children: action.label, onClick: action.onSelect } }),
  };
}
