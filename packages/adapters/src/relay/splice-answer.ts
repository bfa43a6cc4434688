import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import { decodeText, encodeJson } from '../framing/bytes.ts';
import { scanObject } from '../framing/scan.ts';
import { editMembers } from '../framing/splice.ts';
import type { SettledUsage } from '../lane.ts';
import { tryParseJson } from '../loose.ts';
import { spliceCost } from './usage-splice.ts';

/**
 * A whole answer with the model's name and the settled usage; every other byte is the provider's. A usage object
 * that the provider did not send, or that we did not believe, is written by `renderUsage`.
 */
export function spliceWholeAnswer(
  bytes: Uint8Array,
  model: string,
  settled: SettledUsage,
  renderUsage: (settled: SettledUsage) => JsonObject,
): Uint8Array {
  const layout = scanObject(bytes);
  if (layout === undefined) {
    return bytes;
  }
  const member = layout.members.findLast((candidate) => candidate.name === 'usage');
  const reported = member === undefined ? undefined : bytes.subarray(member.valueStart, member.valueEnd);
  const isKept =
    reported !== undefined && settled.source === 'reported' && isJsonObject(tryParseJson(decodeText(reported)));
  return editMembers(
    bytes,
    layout,
    new Map([
      ['model', encodeJson(model)],
      ['usage', isKept ? spliceCost(reported, settled) : encodeJson(renderUsage(settled))],
    ]),
  );
}
