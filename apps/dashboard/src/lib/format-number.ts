const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });

/** `1,204,331`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1.2M` from ten thousand up, all digits below: small numbers are read, large ones compared. */
export function formatCompact(count: number): string {
  return count < 10_000 ? whole.format(count) : compact.format(count);
}

/** `0.4%`; an em dash where nothing was counted, because 0 of 0 is not 0 %. */
export function formatShare(part: number, of: number): string {
  return of === 0 ? '—' : percent.format(part / of);
}

/** Milliseconds as people say them: `812 ms`, `4.21 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) {
    return `${Math.round(milliseconds)} ms`;
  }
  if (milliseconds < 60_000) {
    return `${(milliseconds / 1_000).toFixed(2)} s`;
  }
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1 request`, `1,213 requests`. */
export function formatCounted(count: number, noun: string): string {
  return `${whole.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}
