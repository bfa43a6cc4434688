'use client';

import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { buttonClass } from './button.tsx';
import { cx } from './cx.ts';
import { useFirstField } from './use-first-field.ts';

const slide =
  'fixed inset-y-0 right-0 z-40 flex w-full flex-col bg-raised shadow-dialog outline-none transition-[translate,opacity] duration-(--duration-slow) ease-settle data-ending-style:translate-x-8 data-ending-style:opacity-0 data-starting-style:translate-x-8 data-starting-style:opacity-0';

interface DrawerProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** It has left the screen. */
  readonly onClosed?: (() => void) | undefined;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly footer?: ReactNode;
  /** False while closing would lose something, such as a secret that is shown once: neither a click outside nor Escape does it then. */
  readonly isDismissible?: boolean;
  readonly children: ReactNode;
}

/** A form or a result beside the page it belongs to. */
export function Drawer({
  isOpen,
  onOpenChange,
  onClosed,
  title,
  description,
  footer,
  isDismissible = true,
  children,
}: DrawerProps) {
  const { ref, initialFocus } = useFirstField();
  return (
    <BaseDialog.Root
      open={isOpen}
      onOpenChange={(next, details) => {
        if (!isDismissible && details.reason === 'escape-key') {
          details.cancel();
        } else {
          onOpenChange(next);
        }
      }}
      onOpenChangeComplete={(isNowOpen) => {
        if (!isNowOpen) {
          onClosed?.();
        }
      }}
      disablePointerDismissal={!isDismissible}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-(--duration-base) data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup ref={ref} initialFocus={initialFocus} className={cx(slide, 'sm:max-w-lg')}>
          <header className="flex items-start justify-between gap-4 border-b border-line px-5 py-4">
            <div className="flex flex-col gap-0.5">
              <BaseDialog.Title className="text-md font-semibold">{title}</BaseDialog.Title>
              {description !== undefined && (
                <BaseDialog.Description className="text-sm text-muted">{description}</BaseDialog.Description>
              )}
            </div>
            <BaseDialog.Close aria-label="Close" className={buttonClass('ghost', 'icon-sm', '-mr-2')}>
              <X aria-hidden />
            </BaseDialog.Close>
          </header>
          <div className="flex-1 overflow-y-auto overscroll-contain px-5 py-5">{children}</div>
          {footer !== undefined && (
            <footer className="flex justify-end gap-2 border-t border-line bg-sunken px-5 py-3">{footer}</footer>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

interface PeekDrawerProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  /** Right of the title: previous, next, open in full. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Looks into one row of a table that stays usable behind it; Escape and the cross close it. */
export function PeekDrawer({ isOpen, onClose, title, actions, children }: PeekDrawerProps) {
  const ref = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root
      open={isOpen}
      modal={false}
      disablePointerDismissal
      onOpenChange={(next) => {
        if (!next) {
          onClose();
        }
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Popup ref={ref} initialFocus={ref} className={cx(slide, 'sm:max-w-xl lg:max-w-2xl')}>
          <header className="flex items-center justify-between gap-3 border-b border-line py-2.5 pr-3 pl-5">
            <BaseDialog.Title className="min-w-0 flex-1 text-base font-semibold">{title}</BaseDialog.Title>
            <div className="flex items-center gap-1">
              {actions}
              <BaseDialog.Close aria-label="Close" title="Close (Esc)" className={buttonClass('ghost', 'icon-sm')}>
                <X aria-hidden />
              </BaseDialog.Close>
            </div>
          </header>
          <div className="flex-1 overflow-y-auto overscroll-contain">{children}</div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
