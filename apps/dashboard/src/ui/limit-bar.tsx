'use client';

import { Meter } from '@base-ui/react/meter';
import { cx } from './cx.ts';

interface LimitBarProps {
  readonly label: string;
  /** 0 to 1; more than 1 is shown as full and said in words. */
  readonly share: number;
  /** `412 of 600 a minute`: the fact itself, which the bar only illustrates. */
  readonly words: string;
}

/** How much of a ceiling is used. The colour changes at 80 % and 100 %; the words always say it too. */
export function LimitBar({ label, share, words }: LimitBarProps) {
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
  const colour = share >= 1 ? 'bg-danger-solid' : share >= 0.8 ? 'bg-warning-solid' : 'bg-accent';
  return (
    <Meter.Root value={percent} aria-label={label} aria-valuetext={words} className="flex min-w-24 flex-col gap-1">
      <Meter.Track className="h-1.5 overflow-hidden rounded-full bg-pressed">
        <Meter.Indicator className={cx('h-full rounded-full', colour)} />
      </Meter.Track>
      <span className="tabular text-2xs text-subtle">{words}</span>
    </Meter.Root>
  );
}
