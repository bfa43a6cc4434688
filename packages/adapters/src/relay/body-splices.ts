import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import { encodeJson } from '../framing/bytes.ts';
import { scanObject, type ObjectLayout } from '../framing/scan.ts';
import { applySplices, memberSplices, type Splice } from '../framing/splice.ts';

/**
 * The bytes of an edited object: members that are the same value in `before` and `after` keep their bytes, changed
 * ones are written anew (objects member by member), so that a long conversation is never serialised again.
 */
export function spliceBody(bytes: Uint8Array, layout: ObjectLayout, before: JsonObject, after: JsonObject): Uint8Array {
  const splices = objectSplices(bytes, layout, before, after);
  return splices.length === 0 ? bytes : applySplices(bytes, splices);
}

function objectSplices(bytes: Uint8Array, layout: ObjectLayout, before: JsonObject, after: JsonObject): Splice[] {
  const edits = new Map<string, Uint8Array | undefined>();
  const nested: Splice[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[name];
    const value = after[name];
    if (old === value) {
      continue;
    }
    const member = layout.members.findLast((candidate) => candidate.name === name);
    if (isJsonObject(old) && isJsonObject(value) && member !== undefined) {
      const inner = scanObject(bytes, member.valueStart, member.valueEnd);
      if (inner !== undefined) {
        nested.push(...objectSplices(bytes, inner, old, value));
        continue;
      }
    }
    edits.set(name, value === undefined ? undefined : encodeJson(value));
  }
  return [...memberSplices(layout, edits), ...nested].sort(
    (left, right) => left.start - right.start || left.end - right.end,
  );
}
