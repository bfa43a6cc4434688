/** The ranges that the time picker offers. `custom` is spelled out in the URL as two moments. */
export const rangePresets = ['15m', '1h', '24h', '7d', '30d', 'mtd', 'last-month'] as const;

export type RangePreset = (typeof rangePresets)[number];

export const rangeLabels: Readonly<Record<RangePreset, string>> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  mtd: 'Month to date',
  'last-month': 'Last month',
};

/** A stretch of time in milliseconds since 1970; `toMs` is exclusive. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const lengths: Readonly<Partial<Record<RangePreset, number>>> = {
  '15m': 15 * minuteMs,
  '1h': hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
};

/**
 * Where a preset begins and ends. Rolling presets end now; those of a month follow the calendar in UTC, as invoices
 * do.
 */
export function resolveRange(preset: RangePreset, nowMs: number): TimeRange {
  const lengthMs = lengths[preset];
  if (lengthMs !== undefined) {
    return { fromMs: nowMs - lengthMs, toMs: nowMs };
  }
  const now = new Date(nowMs);
  const monthStart = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  return preset === 'mtd'
    ? { fromMs: monthStart, toMs: nowMs }
    : { fromMs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1), toMs: monthStart };
}

/** The bucket of a chart: hours up to two days, days beyond; more than about fifty bars cannot be read. */
export function intervalOf(range: TimeRange): 'hour' | 'day' {
  return range.toMs - range.fromMs <= 2 * dayMs ? 'hour' : 'day';
}

/**
 * A range for a chart: one that rolls begins at the start of a bucket, so that its first bar is whole and the bars come
 * to the figures above them. The last seven days are today and the six days before.
 */
export function resolveChartRange(preset: RangePreset, nowMs: number): TimeRange {
  const range = resolveRange(preset, nowMs);
  if (range.toMs !== nowMs || preset === 'mtd') {
    return range;
  }
  const stepMs = intervalOf(range) === 'hour' ? hourMs : dayMs;
  return { fromMs: Math.floor(range.fromMs / stepMs) * stepMs + stepMs, toMs: nowMs };
}

/** Starts of all buckets that a range touches, in UTC, so that a chart shows gaps where nothing happened. */
export function bucketsOf(range: TimeRange, interval: 'hour' | 'day'): readonly number[] {
  const stepMs = interval === 'hour' ? hourMs : dayMs;
  const starts: number[] = [];
  for (let at = Math.floor(range.fromMs / stepMs) * stepMs; at < range.toMs; at += stepMs) {
    starts.push(at);
  }
  return starts;
}

/** True when a bucket is not over yet at `completeToMs`: its bar will still grow and must not look final. */
export function isUnfinished(bucketMs: number, interval: 'hour' | 'day', completeToMs: number): boolean {
  return bucketMs + (interval === 'hour' ? hourMs : dayMs) > completeToMs;
}
