export type Zone = 'utc' | 'local';

const zoneName = (zone: Zone): string | undefined => (zone === 'utc' ? 'UTC' : undefined);

/** `Nov 23, 17:04:12`; with milliseconds and year on request. */
export function formatMoment(iso: string, zone: Zone, isExact = false): string {
  return new Intl.DateTimeFormat('en-US', {
    ...(isExact ? { year: 'numeric', fractionalSecondDigits: 3, timeZoneName: 'short' } : {}),
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zoneName(zone),
  }).format(new Date(iso));
}

/** `Nov 23, 2026`. */
export function formatDay(iso: string, zone: Zone): string {
  return new Intl.DateTimeFormat('en-US', {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    timeZone: zoneName(zone),
  }).format(new Date(iso));
}

/** The label of a chart's bucket: an hour of a day, or a day. */
export function formatBucket(atMs: number, interval: 'hour' | 'day'): string {
  return new Intl.DateTimeFormat('en-US', {
    ...(interval === 'hour' ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : {}),
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(atMs));
}

const steps = [
  { unit: 'second', lengthMs: 1_000, untilMs: 60_000 },
  { unit: 'minute', lengthMs: 60_000, untilMs: 3_600_000 },
  { unit: 'hour', lengthMs: 3_600_000, untilMs: 86_400_000 },
  { unit: 'day', lengthMs: 86_400_000, untilMs: 2_592_000_000 },
] as const;

/** `now`, `12 seconds ago`, `in 3 days`; undefined beyond a month, where a date says more. */
export function formatRelative(iso: string, nowMs: number): string | undefined {
  const distanceMs = new Date(iso).getTime() - nowMs;
  const step = steps.find(({ untilMs }) => Math.abs(distanceMs) < untilMs);
  if (step === undefined) {
    return undefined;
  }
  const amount = Math.trunc(distanceMs / step.lengthMs);
  return new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' }).format(amount === 0 ? 0 : amount, step.unit);
}
