'use client';

import { Select as BaseSelect } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { buttonClass } from './button.tsx';
import { controlClass } from './control-class.ts';
import { cx } from './cx.ts';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

export interface SelectProps<Value extends string> {
  readonly choices: readonly Choice<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** The accessible name where no Field label stands beside it. */
  readonly label?: string;
  readonly className?: string;
  /** Opens as soon as it is there: for a list that was loaded because somebody asked for it. */
  readonly isInitiallyOpen?: boolean;
  /** A field of a form, or a button of a toolbar. */
  readonly look?: 'field' | 'button';
}

/** One of a short list. Follows the Field it stands in. */
export function Select<Value extends string>({
  choices,
  value,
  onChange,
  label,
  className,
  isInitiallyOpen = false,
  look = 'field',
}: SelectProps<Value>) {
  return (
    <BaseSelect.Root<Value>
      items={choices}
      value={value}
      defaultOpen={isInitiallyOpen}
      onValueChange={(next) => {
        if (next !== null) {
          onChange(next);
        }
      }}
    >
      <BaseSelect.Trigger
        aria-label={label}
        className={
          look === 'button'
            ? buttonClass('secondary', 'md', cx('justify-between!', className))
            : cx(controlClass, 'flex items-center justify-between gap-2 text-left', className)
        }
      >
        <BaseSelect.Value className="truncate" />
        <BaseSelect.Icon>
          <ChevronsUpDown aria-hidden className="size-3.5! text-subtle" />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <BaseSelect.Popup className="max-h-(--available-height) min-w-(--anchor-width) origin-(--transform-origin) overflow-y-auto rounded-lg bg-raised p-1 shadow-popover outline-none transition-[opacity,scale] duration-(--duration-fast) data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0">
            {choices.map((choice) => (
              <BaseSelect.Item
                key={choice.value}
                value={choice.value}
                className="grid cursor-default grid-cols-[1rem_1fr] items-center gap-x-2 rounded-md py-1.5 pr-4 pl-2 text-sm outline-none select-none data-highlighted:bg-hover"
              >
                <BaseSelect.ItemIndicator className="col-start-1 row-start-1">
                  <Check aria-hidden className="size-3.5 text-accent-text" />
                </BaseSelect.ItemIndicator>
                <BaseSelect.ItemText className="col-start-2">{choice.label}</BaseSelect.ItemText>
                {choice.hint !== undefined && <span className="col-start-2 text-xs text-subtle">{choice.hint}</span>}
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
