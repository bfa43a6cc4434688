'use client';

import { ChevronsUpDown } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { buttonClass } from './button.tsx';
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
      look="button"
      isInitiallyOpen
      {...(className === undefined ? {} : { className })}
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
      className={buttonClass('secondary', 'md', cx('justify-between!', className))}
    >
      <span className="truncate">{choices.find((choice) => choice.value === value)?.label ?? value}</span>
      <ChevronsUpDown aria-hidden className="size-3.5! text-subtle" />
    </button>
  );
}
