'use client';

import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import type { Choice } from './select.tsx';

interface Segment<Value extends string> extends Choice<Value> {
  /** Stands instead of the label, which then is the accessible name and the tip. */
  readonly icon?: ReactNode;
}

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly Segment<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly className?: string;
}

/** Two to five choices side by side, where seeing all of them matters more than saving room. */
export function Segmented<Value extends string>({ label, choices, value, onChange, className }: SegmentedProps<Value>) {
  return (
    <RadioGroup<Value>
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next)}
      className={cx(
        'inline-flex h-8 items-stretch gap-0.5 rounded-md bg-sunken p-0.5 shadow-[inset_0_0_0_1px_var(--line)]',
        className,
      )}
    >
      {choices.map((choice) => (
        <Radio.Root
          key={choice.value}
          value={choice.value}
          aria-label={choice.label}
          title={choice.hint ?? (choice.icon === undefined ? undefined : choice.label)}
          className="flex flex-1 items-center justify-center rounded-sm px-2.5 text-xs font-medium whitespace-nowrap text-muted transition-colors duration-(--duration-fast) hover:text-text focus-visible:outline-offset-0 data-checked:bg-raised data-checked:text-text data-checked:shadow-card"
        >
          {choice.icon ?? choice.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
