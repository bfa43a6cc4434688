import { isJsonObject, type Json } from '@turnpike/core/json';

/** True when two values are the same JSON, whatever the order of their keys. */
export function isSameJson(left: Json | undefined, right: Json | undefined): boolean {
  return JSON.stringify(sortKeys(left)) === JSON.stringify(sortKeys(right));
}

function sortKeys(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) {
    return value.map((member) => sortKeys(member) ?? null);
  }
  if (!isJsonObject(value)) {
    return value;
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sortKeys(member)]),
  );
}
