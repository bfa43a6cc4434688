'use client';

import { Toast } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonClass } from './button.tsx';

interface Notice {
  readonly title: string;
  readonly description?: string;
  readonly isError?: boolean;
  /** A way back: "Undo" beside what was just done. */
  readonly action?: { readonly label: string; readonly onSelect: () => void };
}

/** How long a notice with a way back stays: long enough to read it, decide and reach it. */
const actionableMs = 10_000;
const informativeMs = 5_000;

/** Says that something happened. Errors stay until they are closed, for they may need to be copied. */
export function useNotify(): (notice: Notice) => void {
  const { add } = Toast.useToastManager();
  return ({ title, description, isError = false, action }) => {
    add({
      title,
      type: isError ? 'error' : 'success',
      priority: isError ? 'high' : 'low',
      timeout: isError ? 0 : action === undefined ? informativeMs : actionableMs,
      ...(description === undefined ? {} : { description }),
      ...(action === undefined ? {} : { actionProps: { children: action.label, onClick: action.onSelect } }),
    });
  };
}

/** Holds the notices of the page; stands once, around everything. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[calc(100vw-2rem)] flex-col gap-2 sm:w-[22rem]">
          <Notices />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Notices() {
  const { toasts } = Toast.useToastManager();
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
        <Toast.Action className={buttonClass('secondary', 'sm')} />
        <Toast.Close aria-label="Dismiss" className={buttonClass('ghost', 'sm', '-m-1 w-7 px-0')}>
          <X aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
