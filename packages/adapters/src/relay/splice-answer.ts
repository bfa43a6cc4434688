import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import { encodeJson } from '../framing/bytes.ts';
import { scanObject } from '../framing/scan.ts';
import { editMembers } from '../framing/splice.ts';
import type { SettledUsage } from '../lane.ts';
import { spliceCost } from './usage-splice.ts';

/**
 * A whole answer with the model's name and the settled usage; every other byte is the provider's. `body` is what the
 * bytes say. A usage object that the provider did not send, or that we did not believe, is written by `renderUsage`.
 */
export function spliceWholeAnswer(
  bytes: Uint8Array,
  body: JsonObject,
  model: string,
  settled: SettledUsage,
  renderUsage: (settled: SettledUsage) => JsonObject,
): Uint8Array {
  const layout = scanObject(bytes);
  if (layout === undefined) {
    return bytes;
  }
  const isKept = settled.source === 'reported' && isJsonObject(body['usage']);
  const member = isKept ? layout.members.findLast(({ name }) => name === 'usage') : undefined;
  const usage =
    member === undefined
      ? encodeJson(renderUsage(settled))
      : spliceCost(bytes.subarray(member.valueStart, member.valueEnd), settled);
  return editMembers(
    bytes,
    layout,
    new Map([
      ['model', encodeJson(model)],
      ['usage', usage],
    ]),
  );
}
