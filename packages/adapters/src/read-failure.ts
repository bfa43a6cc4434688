import type { UpstreamFailure } from '@turnpike/core/inference/failure';

import { decodeText } from './framing/bytes.ts';
import type { LaneContext } from './lane.ts';
import { tryParseJson } from './loose.ts';
import type { Protocol } from './protocol.ts';

/** Of an error body nobody needs more than this; the rest is not even decoded. */
const maxErrorBytes = 64 * 1024;

/** Reads an error answer in the provider's protocol, then lets the provider's own quirk correct it. */
export function readFailure(
  context: LaneContext,
  protocol: Protocol,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): UpstreamFailure {
  const text = decodeText(body.subarray(0, maxErrorBytes));
  const failure = protocol.parseError({ status, headers, body: tryParseJson(text), text });
  const corrected = context.provider.quirks?.failure?.(failure) ?? failure;
  const { secret } = context.credential;
  // A vendor that echoes the key it got must not make us show ours.
  return secret.length >= 4 && corrected.message.includes(secret)
    ? { ...corrected, message: corrected.message.replaceAll(secret, '[redacted]') }
    : corrected;
}
