import { cx } from './cx.ts';

export type LiveState = 'live' | 'waiting' | 'reconnecting' | 'paused';

const looks: Record<LiveState, { readonly dot: string; readonly isPulsing: boolean }> = {
  live: { dot: 'bg-success-solid', isPulsing: true },
  waiting: { dot: 'bg-warning-solid', isPulsing: true },
  reconnecting: { dot: 'bg-danger-solid', isPulsing: false },
  paused: { dot: 'bg-line-control', isPulsing: false },
};

/** Whether the page is following what happens, in a dot and a word. */
export function LiveDot({
  state,
  label,
  className,
}: {
  readonly state: LiveState;
  readonly label: string;
  readonly className?: string;
}) {
  const { dot, isPulsing } = looks[state];
  return (
    <span className={cx('inline-flex items-center gap-2 text-xs text-muted', className)}>
      <span aria-hidden className="relative flex size-2">
        {isPulsing && <span className={cx('absolute inset-0 animate-pulse-dot rounded-full', dot)} />}
        <span className={cx('relative size-2 rounded-full', dot)} />
      </span>
      {label}
    </span>
  );
}
