'use client';

import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import type { ReactNode } from 'react';
import { Skeleton } from './skeleton.tsx';

export interface MetricCard<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Undefined while it loads. */
  readonly figure: ReactNode | undefined;
  readonly note: ReactNode;
}

interface MetricCardsProps<Value extends string> {
  readonly label: string;
  readonly cards: readonly MetricCard<Value>[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}

/** Figures that choose what the chart below shows. */
export function MetricCards<Value extends string>({ label, cards, chosen, onChoose }: MetricCardsProps<Value>) {
  return (
    <RadioGroup<Value>
      aria-label={label}
      value={chosen}
      onValueChange={(next) => onChoose(next)}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg bg-line shadow-card lg:grid-cols-4"
    >
      {cards.map(({ value, label: name, figure, note }) => (
        <Radio.Root
          key={value}
          value={value}
          className="group flex min-w-0 flex-col items-start gap-1 bg-surface px-4 py-3.5 text-left transition-colors duration-(--duration-fast) hover:bg-hover focus-visible:outline-offset-[-2px] data-checked:shadow-[inset_0_2px_0_var(--accent)] data-checked:hover:bg-surface"
        >
          <span className="text-xs text-subtle group-data-checked:text-accent-text">{name}</span>
          <span className="tabular max-w-full truncate text-xl font-semibold sm:text-2xl">
            {figure ?? <Skeleton className="my-1 h-6 w-24" />}
          </span>
          <span className="min-h-[1.125rem] text-xs text-subtle">
            {figure === undefined ? <Skeleton className="h-3 w-32" /> : note}
          </span>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
