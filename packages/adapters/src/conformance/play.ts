import { GatewayError } from '@turnpike/core/errors';
import type { ProtocolName } from '@turnpike/core/inference/request';
import { zeroUsage } from '@turnpike/core/inference/usage';
import { nanoUsd } from '@turnpike/core/money';

import { concatBytes, encodeText } from '../framing/bytes.ts';
import type { AnswerFacts, LaneContext, SettledUsage } from '../lane.ts';
import { openLane } from '../open-lane.ts';
import { parseCall } from '../parse-call.ts';
import { isFailure } from '../protocol.ts';
import type { ProviderDefinition } from '../provider.ts';

/** What a client got, and what the gateway learned. */
export interface Played {
  readonly text: string;
  readonly isFailed: boolean;
  readonly failureMessage: string | undefined;
  readonly facts: AnswerFacts | undefined;
  readonly hasContent: boolean;
}

export interface PlayInput {
  readonly clientProtocol: ProtocolName;
  readonly clientBody: string;
  readonly provider: ProviderDefinition;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The provider's answer, in the pieces in which it comes. */
  readonly pieces: readonly Uint8Array[];
  readonly isStream: boolean;
  readonly sendsUsage?: boolean;
  readonly upstreamModel?: string;
  readonly servedModel?: string;
}

/** A lane's context for tests. */
export function contextFor(
  input: Pick<PlayInput, 'clientProtocol' | 'clientBody' | 'provider' | 'sendsUsage' | 'upstreamModel' | 'servedModel'>,
): LaneContext {
  const call = parseCall(input.clientProtocol, encodeText(input.clientBody));
  const upstreamModel = input.upstreamModel ?? call.model;
  return {
    call,
    provider: input.provider,
    endpoint: {
      id: `${call.model}@${input.provider.id}`,
      modelSlug: call.model,
      providerId: input.provider.id,
      upstreamModel,
      operation: call.operation,
      protocol: input.provider.speaks[call.operation]?.protocol ?? call.protocol,
      price: undefined,
    },
    credential: { secret: 'test-credential-of-no-value' },
    servedModel: input.servedModel ?? call.model,
    outputLimit: undefined,
    attemptId: 'req_test.1',
    clientHeaders: {},
    nowMs: 1_700_000_000_000,
    sendsUsage: input.sendsUsage ?? call.wantsUsage,
  };
}

/** What the gateway settles when a provider reported so much; the charge is made up. */
export function settle(facts: AnswerFacts | undefined): SettledUsage {
  return facts?.usage === undefined
    ? { usage: zeroUsage, source: 'estimated', chargeNanoUsd: nanoUsd(1_234n) }
    : { usage: facts.usage, source: 'reported', chargeNanoUsd: nanoUsd(1_234n) };
}

/** Runs an answer of a provider through the lane, as the gateway would. */
export function play(input: PlayInput): Played {
  const lane = openLane(contextFor(input));
  const decoder = new TextDecoder();
  if (!input.isStream || input.status >= 400) {
    const answer = lane.readAnswer(input.status, input.headers, concatBytes(input.pieces));
    return isFailure(answer)
      ? { text: '', isFailed: true, failureMessage: answer.message, facts: undefined, hasContent: false }
      : {
          text: decoder.decode(answer.render(settle(answer))),
          isFailed: false,
          failureMessage: undefined,
          facts: answer,
          hasContent: true,
        };
  }
  const stream = lane.openStream();
  const received: Uint8Array[] = [];
  for (const piece of input.pieces) {
    received.push(stream.push(piece) ?? new Uint8Array(0));
  }
  received.push(stream.end() ?? new Uint8Array(0));
  const isFailed = stream.state !== 'complete';
  received.push(
    isFailed
      ? stream.renderError(
          new GatewayError('upstream_error', stream.failure?.message ?? ''),
          'req_test',
          settle(stream.facts),
        )
      : stream.renderEnd(settle(stream.facts)),
  );
  return {
    text: decoder.decode(concatBytes(received)),
    isFailed,
    failureMessage: stream.failure?.message,
    facts: stream.facts,
    hasContent: stream.hasContent,
  };
}

/** Cuts bytes at offsets given by a small seeded generator, so that a failure can be repeated. */
export function cutAtRandom(bytes: Uint8Array, seed: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let state = seed;
  let from = 0;
  while (from < bytes.length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const size = 1 + (state % (state % 3 === 0 ? 12 : 400));
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return pieces;
}

/** Every byte on its own. */
export function cutEachByte(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}
