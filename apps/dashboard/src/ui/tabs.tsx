'use client';

import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface TabSpec<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

interface TabsProps<Value extends string> {
  readonly label: string;
  readonly tabs: readonly TabSpec<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly listClassName?: string;
  readonly panelClassName?: string;
}

/** Faces of one thing. The chosen tab belongs in the URL wherever a colleague could be sent to it. */
export function Tabs<Value extends string>({
  label,
  tabs,
  value,
  onChange,
  listClassName,
  panelClassName,
}: TabsProps<Value>) {
  return (
    <BaseTabs.Root
      value={value}
      onValueChange={(next) => {
        const chosen = tabs.find((tab) => tab.value === next);
        if (chosen !== undefined) {
          onChange(chosen.value);
        }
      }}
    >
      <BaseTabs.List
        aria-label={label}
        className={cx('relative flex gap-4 overflow-x-auto border-b border-line', listClassName)}
      >
        {tabs.map((tab) => (
          <BaseTabs.Tab
            key={tab.value}
            value={tab.value}
            className="h-9 shrink-0 px-0.5 text-sm font-medium whitespace-nowrap text-subtle transition-colors duration-(--duration-fast) hover:text-text focus-visible:outline-offset-[-2px] data-active:text-text"
          >
            {tab.label}
          </BaseTabs.Tab>
        ))}
        <BaseTabs.Indicator className="absolute bottom-0 left-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) rounded-full bg-accent transition-[translate,width] duration-(--duration-base) ease-settle" />
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel
          key={tab.value}
          value={tab.value}
          className={cx('outline-none focus-visible:outline-2', panelClassName)}
        >
          {tab.content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
