import type { JsonObject } from '@turnpike/core/json';

/** Fields that a provider's quirk took away; one that only got another name was not dropped. */
export function droppedByQuirk(before: JsonObject, after: JsonObject): readonly string[] {
  return before === after
    ? []
    : Object.keys(before).filter((field) => {
        const value = before[field];
        const isGone = value !== undefined && value !== null && after[field] === undefined;
        return isGone && !Object.keys(after).some((name) => before[name] === undefined && after[name] === value);
      });
}
