/** Which values a label may take. Every further value costs memory in every process and in the metrics store. */
export type LabelValues =
  | { readonly type: 'one-of'; readonly values: ReadonlySet<string> }
  | { readonly type: 'at-most'; readonly limit: number };

/** What a value outside its allow-list is counted under. */
export const otherLabelValue = 'other';

/** A label with a closed list of values. */
export function oneOfLabels(...values: readonly string[]): LabelValues {
  return { type: 'one-of', values: new Set(values) };
}

/** A label whose values are not known beforehand, such as provider ids: the first `limit` count, the rest are `other`. */
export function atMostLabels(limit: number): LabelValues {
  return { type: 'at-most', limit };
}

/** Makes a function that maps any text to an allowed value of the label. */
export function createLabelGuard(allowed: LabelValues): (value: string) => string {
  if (allowed.type === 'one-of') {
    return (value) => (allowed.values.has(value) ? value : otherLabelValue);
  }
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) {
      return value;
    }
    if (seen.size >= allowed.limit) {
      return otherLabelValue;
    }
    seen.add(value);
    return value;
  };
}
