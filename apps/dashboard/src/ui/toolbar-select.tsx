'use client';

import { ChevronsUpDown } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { controlClass } from './control-class.ts';
import { cx } from './cx.ts';
import type { SelectProps } from './select.tsx';

const loadSelect = () => import('./select.tsx');

const LoadedSelect = dynamic(() => loadSelect().then((module) => module.Select<string>));

/**
 * A select in a toolbar. It shows its choice at once; what opens the list comes when a pointer or the focus reaches it.
 * In forms, which are loaded when they are opened, use Select.
 */
export function ToolbarSelect<Value extends string>({
  choices,
  value,
  onChange,
  label,
  className,
}: SelectProps<Value>) {
  const [isWanted, setIsWanted] = useState(false);
  const preload = (): void => void loadSelect();
  const shape = cx('h-8! w-auto! max-sm:text-sm!', className);
  return isWanted ? (
    <LoadedSelect
      choices={choices}
      value={value}
      onChange={(next) => {
        const chosen = choices.find((choice) => choice.value === next);
        if (chosen !== undefined) {
          onChange(chosen.value);
        }
      }}
      className={shape}
      isInitiallyOpen
      {...(label === undefined ? {} : { label })}
    />
  ) : (
    <button
      type="button"
      aria-haspopup="listbox"
      aria-expanded={false}
      aria-label={`${label ?? 'Choose'}: ${choices.find((choice) => choice.value === value)?.label ?? value}`}
      onClick={() => setIsWanted(true)}
      onPointerEnter={preload}
      onFocus={preload}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          event.preventDefault();
          setIsWanted(true);
        }
      }}
      className={cx(controlClass, 'flex items-center justify-between gap-2 text-left', shape)}
    >
      <span className="truncate">{choices.find((choice) => choice.value === value)?.label ?? value}</span>
      <ChevronsUpDown aria-hidden className="size-3.5 text-subtle" />
    </button>
  );
}
