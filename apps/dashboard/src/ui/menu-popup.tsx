'use client';

import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import Link from 'next/link';
import { cx } from './cx.ts';
import type { MenuEntry, MenuProps } from './menu.tsx';

const entryClass =
  'flex w-full cursor-default items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none select-none data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0';

/** The menu itself; opens as soon as it is there, because somebody asked for it. */
export function MenuPopup({ trigger, entries, align = 'end', className }: MenuProps) {
  return (
    <BaseMenu.Root defaultOpen>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <BaseMenu.Popup
            className={cx(
              'min-w-44 origin-(--transform-origin) rounded-lg bg-raised p-1 shadow-popover outline-none transition-[opacity,scale] duration-(--duration-fast) data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0',
              className,
            )}
          >
            {entries.map((entry, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- an entry is its place in the menu.
              <Entry key={index} entry={entry} />
            ))}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

function Entry({ entry }: { readonly entry: MenuEntry }) {
  switch (entry.kind) {
    case 'action':
      return (
        <BaseMenu.Item
          onClick={entry.onSelect}
          className={cx(
            entryClass,
            entry.isDangerous === true
              ? 'text-danger data-highlighted:bg-danger-soft!'
              : 'text-text [&_svg]:text-subtle',
          )}
        >
          {entry.icon}
          {entry.label}
        </BaseMenu.Item>
      );
    case 'link':
      return (
        <BaseMenu.LinkItem
          render={<Link href={entry.href} />}
          aria-current={entry.isCurrent === true ? 'page' : undefined}
          className={cx(entryClass, 'text-text [&_svg]:text-subtle')}
          closeOnClick
        >
          {entry.icon}
          <span className="min-w-0 flex-1 truncate">{entry.label}</span>
          {entry.aside !== undefined && <span className="text-xs text-subtle">{entry.aside}</span>}
          {entry.isCurrent === true && <Check aria-hidden className="text-accent-text!" />}
        </BaseMenu.LinkItem>
      );
    case 'heading':
      return <div className="px-2 pt-1.5 pb-1 text-2xs font-medium text-subtle">{entry.label}</div>;
    case 'note':
      return <div className="px-2 py-1.5">{entry.content}</div>;
    case 'separator':
      return <BaseMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
  }
}
