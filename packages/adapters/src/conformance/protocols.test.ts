import { foldStream } from '@turnpike/core/inference/fold-stream';
import type { InferenceResponse } from '@turnpike/core/inference/response';
import type { StreamEvent } from '@turnpike/core/inference/stream';
import { unfoldResponse } from '@turnpike/core/inference/unfold-response';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeText } from '../framing/bytes.ts';
import { createSseDecoder } from '../framing/sse.ts';
import { isFailure, type ChatProtocol } from '../protocol.ts';
import { answerFixtures, requestFixtures } from './fixtures.ts';
import { settle } from './play.ts';

/** The events of a stream that comes in pieces. */
function eventsOf(protocol: ChatProtocol, pieces: readonly Uint8Array[]): readonly StreamEvent[] {
  const decoder = createSseDecoder();
  const parser = protocol.createStreamParser({});
  const events = pieces.flatMap((piece) => decoder.push(piece)).flatMap((event) => parser.push(event));
  return [...events, ...decoder.end().flatMap((event) => parser.push(event)), ...parser.end()];
}

function responseOf(protocol: ChatProtocol, body: Parameters<ChatProtocol['parseResponse']>[0]): InferenceResponse {
  const response = protocol.parseResponse(body, {});
  if (isFailure(response)) {
    throw new TypeError(response.message);
  }
  return response;
}

/** Bytes cut at any set of offsets. */
function cutAt(bytes: Uint8Array, offsets: readonly number[]): readonly Uint8Array[] {
  const sorted = [...new Set([0, ...offsets.map((offset) => offset % bytes.length), bytes.length])].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index] ?? 0, end));
}

const target = {
  upstreamModel: 'm',
  outputLimit: undefined,
  maxOutputTokens: undefined,
  takesReasoningBack: true,
  takesCacheMarks: true,
};

describe.each(answerFixtures)('$name', ({ protocol, response, stream }) => {
  test('the stream adds up to the whole answer', () => {
    expect(foldStream(eventsOf(protocol, [encodeText(stream)]))).toEqual(responseOf(protocol, response));
  });

  test('any chunking and any line ends give the same events', () => {
    const expected = eventsOf(protocol, [encodeText(stream)]);
    const lineEnds = fc.constantFrom('\n', '\r\n', '\r');
    const noise = fc.constantFrom('', '\ufeff', ': hello\n\n', 'retry: 10\n\n', 'data: : keepalive\n\n', 'data:\n\n');
    fc.assert(
      fc.property(
        fc.array(fc.nat(20_000), { maxLength: 40 }),
        lineEnds,
        noise,
        fc.boolean(),
        (offsets, end, start, isUnfinished) => {
          const whole = isUnfinished ? (start + stream).trimEnd() : start + stream;
          const bytes = encodeText(whole.replaceAll('\n', end));
          expect(eventsOf(protocol, cutAt(bytes, offsets))).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('events told by the renderer are read back as the same answer', () => {
    const expected = responseOf(protocol, response);
    const renderer = protocol.createStreamRenderer({
      model: expected.model,
      sendsUsage: true,
      fallbackId: 'f',
      nowSeconds: 1,
    });
    const rendered = unfoldResponse(expected).map((event) => renderer.render(event));
    const settled = settle({
      usage: expected.usage,
      isUsageFinal: expected.usage !== undefined,
      finishReason: undefined,
      nativeFinishReason: undefined,
      outputBytes: 0,
    });
    const events = eventsOf(protocol, [encodeText(rendered.join('') + renderer.renderEnd(settled))]);
    const told = foldStream(events);
    expect(told === undefined ? undefined : tellable(told)).toEqual(tellable(expected));
  });

  test('an answer that is rendered is read back as the same answer', () => {
    const expected = responseOf(protocol, response);
    const settled = settle({
      usage: expected.usage,
      isUsageFinal: expected.usage !== undefined,
      finishReason: undefined,
      nativeFinishReason: undefined,
      outputBytes: 0,
    });
    const rendered = protocol.renderResponse(expected, {
      model: expected.model,
      settled,
      fallbackId: 'f',
      nowSeconds: 1,
    });
    expect(tellable(responseOf(protocol, rendered))).toEqual(tellable(expected));
  });
});

/**
 * What a renderer can tell of an answer: the vendor's tier and fingerprint are its own, and blocks of text that follow
 * each other are one, so that the places of citations move.
 */
function tellable({
  serviceTier: _tier,
  systemFingerprint: _print,
  ...response
}: InferenceResponse): InferenceResponse {
  return {
    ...response,
    choices: response.choices.map((choice) => ({
      ...choice,
      parts: choice.parts.map((part) =>
        part.type === 'text' && part.citations !== undefined
          ? {
              ...part,
              citations: part.citations.map(({ startIndex: _start, endIndex: _end, ...citation }) => citation),
            }
          : part,
      ),
    })),
  };
}

describe.each(requestFixtures)('$name', ({ protocol, body }) => {
  test('a request that is rendered is read back as the same request', () => {
    const parsed = protocol.parseRequest(body);
    const rendered = protocol.renderRequest(parsed, { ...target, upstreamModel: parsed.model });
    const again = protocol.parseRequest(rendered.body);
    expect({ ...again, wantsUsage: parsed.wantsUsage }).toEqual(parsed);
    expect(rendered.droppedParams).toEqual([]);
  });
});
