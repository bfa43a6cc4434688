import { isJsonObject } from '@turnpike/core/json';

import { costFields } from '../cost.ts';
import { decodeText, encodeJson } from '../framing/bytes.ts';
import { scanObject } from '../framing/scan.ts';
import { editMembers } from '../framing/splice.ts';
import type { SettledUsage } from '../lane.ts';
import { tryParseJson } from '../loose.ts';

/**
 * A provider's usage object with the cost fields appended, every other byte as it was. Cost fields of the provider's
 * own are replaced: the caller pays our charge, not the provider's.
 */
export function spliceCost(usage: Uint8Array, settled: SettledUsage): Uint8Array {
  const layout = scanObject(usage);
  if (layout === undefined || !isJsonObject(tryParseJson(decodeText(usage)))) {
    return usage;
  }
  const edits = new Map<string, Uint8Array>();
  for (const [name, value] of Object.entries(costFields(settled))) {
    edits.set(name, encodeJson(value ?? null));
  }
  return editMembers(usage, layout, edits);
}
