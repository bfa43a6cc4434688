'use client';

import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonClass } from '#ui/button.tsx';

/** The sidebar as a sheet from the left, where there is no room for it. */
export function MobileMenu({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }) {
  return (
    <BaseDialog.Root
      defaultOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) {
          onClose();
        }
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-30 bg-scrim transition-opacity duration-(--duration-base) data-starting-style:opacity-0" />
        <BaseDialog.Popup className="fixed inset-y-0 left-0 z-30 w-72 max-w-[85vw] bg-sunken shadow-dialog outline-none transition-[translate,opacity] duration-(--duration-slow) ease-settle data-starting-style:-translate-x-6 data-starting-style:opacity-0">
          <BaseDialog.Title className="sr-only">Menu</BaseDialog.Title>
          <BaseDialog.Close
            aria-label="Close the menu"
            className={buttonClass('secondary', 'icon-sm', 'absolute! top-4 -right-10')}
          >
            <X aria-hidden />
          </BaseDialog.Close>
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
