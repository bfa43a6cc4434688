import type { Json, JsonObject } from '@turnpike/core/json';

import { numberOf } from '../../loose.ts';

/**
 * The output limit of a body, in tokens per choice. A limit has two names, and servers differ in which one they heed
 * where both are given: only the larger one bounds what all of them may write.
 */
export function outputLimitOf(body: JsonObject): number | undefined {
  const limits = [numberOf(body['max_completion_tokens']), numberOf(body['max_tokens'])];
  const given = limits.filter((limit) => limit !== undefined);
  return given.length === 0 ? undefined : Math.max(...given);
}

/**
 * Leaves one output limit in a body, clamped to what admission could pay for: in the client's own field, or, where it
 * gave both or none, in the older one, which every server of this protocol knows. A provider that wants the other
 * renames it by a quirk.
 */
export function writeOutputLimit(body: Record<string, Json | undefined>, clamp: number | undefined): void {
  const asked = outputLimitOf(body);
  const limit = asked === undefined || clamp === undefined ? (asked ?? clamp) : Math.min(asked, clamp);
  const isNewNameOnly =
    numberOf(body['max_completion_tokens']) !== undefined && numberOf(body['max_tokens']) === undefined;
  if (limit === undefined) {
    return;
  }
  const [kept, other] = isNewNameOnly
    ? (['max_completion_tokens', 'max_tokens'] as const)
    : (['max_tokens', 'max_completion_tokens'] as const);
  body[kept] = limit;
  body[other] = undefined;
}
