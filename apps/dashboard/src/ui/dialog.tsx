'use client';

import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonClass } from './button.tsx';
import { cx } from './cx.ts';
import { useFirstField } from './use-first-field.ts';

interface DialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** It has left the screen. */
  readonly onClosed?: (() => void) | undefined;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** Buttons, right-aligned, the decisive one last. */
  readonly footer?: ReactNode;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** A question that stops everything else. Anything that only informs is a toast; anything that edits is a drawer. */
export function Dialog({
  isOpen,
  onOpenChange,
  onClosed,
  title,
  description,
  footer,
  className,
  children,
}: DialogProps) {
  const { ref, initialFocus } = useFirstField();
  return (
    <BaseDialog.Root
      open={isOpen}
      onOpenChange={onOpenChange}
      onOpenChangeComplete={(isNowOpen) => {
        if (!isNowOpen) {
          onClosed?.();
        }
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-(--duration-base) data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Viewport className="fixed inset-0 z-40 flex items-center justify-center overflow-y-auto p-4">
          <BaseDialog.Popup
            ref={ref}
            initialFocus={initialFocus}
            className={cx(
              'w-full max-w-md rounded-xl bg-raised shadow-dialog outline-none transition-[opacity,scale] duration-(--duration-base) ease-settle data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0',
              className,
            )}
          >
            <div className="flex items-start justify-between gap-4 px-5 pt-5">
              <div className="flex flex-col gap-1">
                <BaseDialog.Title className="text-md font-semibold">{title}</BaseDialog.Title>
                {description !== undefined && (
                  <BaseDialog.Description className="text-sm text-muted">{description}</BaseDialog.Description>
                )}
              </div>
              <BaseDialog.Close aria-label="Close" className={buttonClass('ghost', 'icon-sm', '-mr-2')}>
                <X aria-hidden />
              </BaseDialog.Close>
            </div>
            <div className="px-5 py-4">{children}</div>
            {footer !== undefined && (
              <div className="flex justify-end gap-2 rounded-b-xl border-t border-line bg-sunken px-5 py-3">
                {footer}
              </div>
            )}
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
