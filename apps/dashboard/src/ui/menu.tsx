'use client';

import dynamic from 'next/dynamic';
import { cloneElement, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';

/** A line of a menu: something to do, somewhere to go, or words between them. */
export type MenuEntry =
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly icon?: ReactNode;
      readonly onSelect: () => void;
      readonly isDangerous?: boolean;
    }
  | {
      readonly kind: 'link';
      readonly label: string;
      readonly href: string;
      readonly icon?: ReactNode;
      readonly isCurrent?: boolean;
      /** At the right edge, pale. */
      readonly aside?: string;
    }
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'note'; readonly content: ReactNode }
  | { readonly kind: 'separator' };

/** What a trigger has to accept; a button does. */
interface TriggerProps {
  readonly onClick?: () => void;
  readonly onPointerEnter?: () => void;
  readonly onFocus?: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly 'aria-haspopup'?: 'menu';
  readonly 'aria-expanded'?: boolean;
}

export interface MenuProps {
  /** The element that opens it. */
  readonly trigger: ReactElement<TriggerProps>;
  readonly entries: readonly MenuEntry[];
  readonly align?: 'start' | 'center' | 'end';
  readonly className?: string;
}

const loadPopup = () => import('./menu-popup.tsx');

const MenuPopup = dynamic(() => loadPopup().then((module) => module.MenuPopup));

/**
 * Actions and places that did not deserve a button of their own. What places and opens it weighs forty kilobytes, which
 * come when a pointer or the focus reaches the trigger.
 */
export function Menu(props: MenuProps) {
  const [isWanted, setIsWanted] = useState(false);
  const open = (): void => setIsWanted(true);
  const preload = (): void => void loadPopup();
  return isWanted ? (
    <MenuPopup {...props} />
  ) : (
    cloneElement(props.trigger, {
      'aria-haspopup': 'menu',
      'aria-expanded': false,
      onClick: open,
      onPointerEnter: preload,
      onFocus: preload,
      onKeyDown: (event) => {
        if (event.key === 'ArrowDown') {
          event.preventDefault();
          open();
        }
      },
    })
  );
}
