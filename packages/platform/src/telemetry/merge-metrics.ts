import { AggregatorRegistry } from 'prom-client';

/** What one process's `Telemetry.toJson()` gave; survives being sent between processes. */
export type MetricSet = readonly object[];

/**
 * The text of `/metrics` for several processes together. Series with equal labels are summed; the instance label keeps
 * the series of different processes apart.
 */
export function mergeMetrics(sets: readonly MetricSet[]): Promise<string> {
  return AggregatorRegistry.aggregate(sets.map((set) => [...set])).metrics();
}
