/** The value below which the share `quantile` (0 to 1) of the samples lies; NaN without samples. Sorts a copy. */
export function quantileOf(samples: readonly number[], quantile: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.round(quantile * (sorted.length - 1))] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle; values that are not finite are left out. NaN without any. */
export function medianOf(samples: readonly number[]): number {
  const sorted = Float64Array.from(samples.filter((sample) => Number.isFinite(sample))).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
