import { costFields } from '../cost.ts';
import { encodeJson, encodeText } from '../framing/bytes.ts';
import { scanObject } from '../framing/scan.ts';
import { applySplices, editMembers } from '../framing/splice.ts';
import type { SettledUsage } from '../lane.ts';

/**
 * A provider's usage object, which has been parsed and is one, with the cost fields appended, every other byte as it was.
 * Cost fields of the provider's own are replaced: the caller pays our charge, not the provider's.
 */
export function spliceCost(usage: Uint8Array, settled: SettledUsage): Uint8Array {
  const layout = scanObject(usage);
  if (layout === undefined) {
    return usage;
  }
  const fields = costFields(settled);
  const last = layout.members.at(-1);
  if (last !== undefined && !layout.members.some(({ name }) => name in fields)) {
    // The usual report holds none of them: they go in as one piece.
    const insert = encodeText(`,${JSON.stringify(fields).slice(1, -1)}`);
    return applySplices(usage, [{ start: last.valueEnd, end: last.valueEnd, insert }]);
  }
  const edits = new Map<string, Uint8Array>();
  for (const [name, value] of Object.entries(fields)) {
    edits.set(name, encodeJson(value ?? null));
  }
  return editMembers(usage, layout, edits);
}
