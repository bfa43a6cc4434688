'use client';

import { useSyncExternalStore } from 'react';
import { formatDay, formatMoment, formatRelative, type Zone } from '#lib/format-time.ts';
import { cx } from './cx.ts';

interface TimeTextProps {
  readonly iso: string;
  /** `relative` falls back to the day beyond a month. */
  readonly form?: 'moment' | 'day' | 'relative';
  readonly className?: string;
}

const tickMs = 10_000;

/**
 * A moment in the reader's own time zone; the exact UTC time on hover. The server and the first paint say it in UTC,
 * because only the browser knows the zone, and React must find the same text in both.
 */
export function TimeText({ iso, form = 'moment', className }: TimeTextProps) {
  const nowMs = useCoarseNow();
  const zone: Zone = nowMs === undefined ? 'utc' : 'local';
  const relative = form === 'relative' && nowMs !== undefined ? formatRelative(iso, nowMs) : undefined;
  const text = relative ?? (form === 'moment' ? formatMoment(iso, zone) : formatDay(iso, zone));
  return (
    <time dateTime={iso} title={formatMoment(iso, 'utc', true)} className={cx('tabular whitespace-nowrap', className)}>
      {text}
    </time>
  );
}

/** One clock for all texts of the page, in steps, so that a table of fifty rows does not keep fifty timers. */
const clock = {
  listeners: new Set<() => void>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
  nowMs: 0,
};

function subscribe(listener: () => void): () => void {
  clock.listeners.add(listener);
  clock.timer ??= setInterval(() => {
    clock.nowMs = Date.now();
    for (const each of clock.listeners) {
      each();
    }
  }, tickMs);
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size === 0) {
      clearInterval(clock.timer);
      clock.timer = undefined;
    }
  };
}

function useCoarseNow(): number | undefined {
  return useSyncExternalStore(
    subscribe,
    () => {
      if (clock.timer === undefined || clock.nowMs === 0) {
        clock.nowMs = Date.now();
      }
      return clock.nowMs;
    },
    () => undefined,
  );
}
