'use client';

import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import Link from 'next/link';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './cx.ts';

interface MenuProps {
  /** The element that opens it; a Button or something with its props. */
  readonly trigger: ReactElement;
  readonly align?: 'start' | 'center' | 'end';
  readonly className?: string;
  readonly children: ReactNode;
}

/** Actions and places that did not deserve a button of their own. */
export function Menu({ trigger, align = 'end', className, children }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <BaseMenu.Popup
            className={cx(
              'min-w-44 origin-(--transform-origin) rounded-lg bg-raised p-1 shadow-popover outline-none transition-[opacity,scale] duration-(--duration-fast) data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0',
              className,
            )}
          >
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

const itemClass =
  'flex w-full cursor-default items-center gap-2 rounded-md px-2 py-1.5 text-sm text-text outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-subtle';

interface MenuItemProps {
  readonly onSelect: () => void;
  readonly isDangerous?: boolean;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
}

export function MenuItem({ onSelect, isDangerous = false, isDisabled = false, children }: MenuItemProps) {
  return (
    <BaseMenu.Item
      onClick={onSelect}
      disabled={isDisabled}
      className={cx(itemClass, isDangerous && 'text-danger data-highlighted:bg-danger-soft [&_svg]:text-danger')}
    >
      {children}
    </BaseMenu.Item>
  );
}

interface MenuLinkProps {
  readonly href: string;
  readonly isCurrent?: boolean;
  readonly children: ReactNode;
}

/** An entry that is a place: opens in a new tab as any link does. */
export function MenuLink({ href, isCurrent = false, children }: MenuLinkProps) {
  return (
    <BaseMenu.LinkItem
      render={<Link href={href} />}
      aria-current={isCurrent ? 'page' : undefined}
      className={itemClass}
      closeOnClick
    >
      <span className="flex min-w-0 flex-1 items-center gap-2">{children}</span>
      {isCurrent && <Check aria-hidden className="text-accent-text!" />}
    </BaseMenu.LinkItem>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <div className="px-2 pt-1.5 pb-1 text-2xs font-medium text-subtle">{children}</div>;
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}
