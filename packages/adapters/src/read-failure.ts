import type { UpstreamFailure } from '@turnpike/core/inference/failure';

import { decodeText } from './framing/bytes.ts';
import type { LaneContext } from './lane.ts';
import { tryParseJson } from './loose.ts';
import type { Protocol } from './protocol.ts';

/** Of an error body nobody needs more than this; the rest is not even decoded. */
const maxErrorBytes = 64 * 1024;
/** Shorter secrets are no secrets, and would black out words. */
const minSecretCharacters = 8;

/** Reads an error answer in the provider's protocol. */
export function readFailure(
  context: LaneContext,
  protocol: Protocol,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): UpstreamFailure {
  const text = decodeText(body.subarray(0, maxErrorBytes));
  const answer = { status, headers, nowMs: context.nowMs, body: tryParseJson(text), text };
  return correctFailure(context, protocol.parseError(answer));
}

/** Lets the provider's own quirk correct a failure, and takes our credential out of a message that echoes it. */
export function correctFailure(context: LaneContext, failure: UpstreamFailure): UpstreamFailure {
  const corrected = context.provider.quirks?.failure?.(failure) ?? failure;
  const { secret } = context.credential;
  return secret.length >= minSecretCharacters && corrected.message.includes(secret)
    ? { ...corrected, message: corrected.message.replaceAll(secret, '[redacted]') }
    : corrected;
}
