import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export type Tone = 'neutral' | 'success' | 'warning' | 'danger' | 'info' | 'accent';

const tones: Record<Tone, string> = {
  neutral: 'bg-hover text-muted',
  success: 'bg-success-soft text-success',
  warning: 'bg-warning-soft text-warning',
  danger: 'bg-danger-soft text-danger',
  info: 'bg-info-soft text-info',
  accent: 'bg-accent-soft text-accent-text',
};

const dots: Record<Tone, string> = {
  neutral: 'bg-line-control',
  success: 'bg-success-solid',
  warning: 'bg-warning-solid',
  danger: 'bg-danger-solid',
  info: 'bg-info',
  accent: 'bg-accent',
};

interface BadgeProps {
  readonly tone?: Tone;
  readonly hasDot?: boolean;
  readonly className?: string;
  readonly title?: string;
  readonly children: ReactNode;
}

/** One word about the state of a thing. The word carries the meaning; the colour only helps to find it. */
export function Badge({ tone = 'neutral', hasDot = false, className, title, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={cx(
        'inline-flex h-5 items-center gap-1.5 rounded-sm px-1.5 text-2xs font-medium whitespace-nowrap',
        tones[tone],
        className,
      )}
    >
      {hasDot && <span aria-hidden className={cx('size-1.5 rounded-full', dots[tone])} />}
      {children}
    </span>
  );
}
