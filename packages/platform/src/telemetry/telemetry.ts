import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createLabelGuard, type LabelValues } from './label-values.ts';

type LabelSpec = Readonly<Record<string, LabelValues>>;
type LabelsOf<Spec extends LabelSpec> = { readonly [Name in keyof Spec & string]: string };

interface MetricOptions<Spec extends LabelSpec> {
  /** Without the prefix; counters end in `_total`, durations in `_seconds`, sizes in `_bytes`. */
  readonly name: string;
  readonly help: string;
  readonly labels: Spec;
}

export interface CounterMetric<Labels> {
  /** Adds to the series of these labels; 1 when no amount is given. */
  add(labels: Labels, amount?: number): void;
}

export interface HistogramMetric<Labels> {
  /** Counts a value in the unit of the name: seconds or bytes. */
  observe(labels: Labels, value: number): void;
}

/** Counters, histograms and gauges of one process. */
export interface Telemetry {
  counter<Spec extends LabelSpec>(options: MetricOptions<Spec>): CounterMetric<LabelsOf<Spec>>;
  histogram<Spec extends LabelSpec>(
    options: MetricOptions<Spec> & { readonly buckets: readonly number[] },
  ): HistogramMetric<LabelsOf<Spec>>;
  /** A figure that is read when somebody asks, such as a queue's length. */
  gauge(options: { readonly name: string; readonly help: string; readonly read: () => number }): void;
  /** The text of `/metrics`. */
  render(): Promise<string>;
  readonly contentType: string;
  /** Series as data, for a supervisor that merges the metrics of its children. */
  toJson(): Promise<readonly object[]>;
}

export interface TelemetryOptions {
  /** On every series: service and instance. */
  readonly labels: Readonly<Record<string, string>>;
  /** Event loop lag, memory and garbage collection of the process; on by default. */
  readonly hasProcessMetrics?: boolean;
}

const prefix = 'turnpike_';

/** Seconds: from a cache hit to the longest answer that a provider gives. */
export const durationBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600,
];

/**
 * Makes the metrics of a process, in a registry of its own. Every label has an allow-list or a bound, so that no
 * caller can grow the number of series.
 */
export function createTelemetry({ labels, hasProcessMetrics = true }: TelemetryOptions): Telemetry {
  const registry = new Registry();
  registry.setDefaultLabels({ ...labels });
  if (hasProcessMetrics) {
    collectDefaultMetrics({ register: registry, prefix });
  }
  return {
    counter({ name, help, labels: spec }) {
      const metric = new Counter({
        name: `${prefix}${name}`,
        help,
        labelNames: Object.keys(spec),
        registers: [registry],
      });
      const childFor = createSeriesCache(spec, (values) => metric.labels(values));
      return { add: (values, amount = 1) => childFor(values).inc(amount) };
    },
    histogram({ name, help, labels: spec, buckets }) {
      const metric = new Histogram({
        name: `${prefix}${name}`,
        help,
        labelNames: Object.keys(spec),
        buckets: [...buckets],
        registers: [registry],
      });
      const childFor = createSeriesCache(spec, (values) => metric.labels(values));
      return { observe: (values, value) => childFor(values).observe(value) };
    },
    gauge({ name, help, read }) {
      const metric: Gauge = new Gauge({
        name: `${prefix}${name}`,
        help,
        registers: [registry],
        collect: () => metric.set(read()),
      });
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
    toJson: () => registry.getMetricsAsJSON(),
  };
}

/**
 * Series by their label values. prom-client sorts and joins label names on every call; on the call path one look-up
 * in a map is a tenth of that. The map is bounded because every label is.
 */
function createSeriesCache<Series>(
  spec: LabelSpec,
  create: (values: Record<string, string>) => Series,
): (labels: Readonly<Record<string, string>>) => Series {
  const guards = Object.entries(spec).map(([name, allowed]) => ({ name, guard: createLabelGuard(allowed) }));
  const series = new Map<string, Series>();
  return (labels) => {
    let key = '';
    for (const { name, guard } of guards) {
      key += `${guard(labels[name] ?? '')}\n`;
    }
    const known = series.get(key);
    if (known !== undefined) {
      return known;
    }
    const created = create(Object.fromEntries(guards.map(({ name, guard }) => [name, guard(labels[name] ?? '')])));
    series.set(key, created);
    return created;
  };
}
