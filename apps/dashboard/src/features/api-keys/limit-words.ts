import type { RateLimitView } from '@turnpike/contracts/api-keys';

/** A limit in words: `600 requests / min`. */
export function limitWords(limit: RateLimitView): string {
  const amount = limit.limit.toLocaleString('en-US');
  if (limit.kind === 'concurrency') {
    return `${amount} at once`;
  }
  const windows: Readonly<Record<number, string>> = { 1: 's', 60: 'min', 3_600: 'h', 86_400: 'day' };
  return `${amount} ${limit.kind} / ${windows[limit.windowSeconds] ?? `${limit.windowSeconds} s`}`;
}
