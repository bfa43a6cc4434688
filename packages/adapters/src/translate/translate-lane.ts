import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { InferenceResponse } from '@turnpike/core/inference/response';
import { isJsonObject } from '@turnpike/core/json';

import { spellForClient } from '../client-spelling.ts';
import { droppedByQuirk } from '../dropped-by-quirk.ts';
import { malformed } from '../failures.ts';
import { decodeText, encodeJson } from '../framing/bytes.ts';
import type { Answer, Lane, LaneContext } from '../lane.ts';
import { tryParseJson } from '../loose.ts';
import { dropPricedFields } from '../priced-fields.ts';
import { isFailure, type AnswerHints, type ChatProtocol } from '../protocol.ts';
import { correctFailure, readFailure } from '../read-failure.ts';
import { streamOptions } from '../stream-options.ts';
import { upstreamHeaders } from '../upstream-headers.ts';
import { factsOfResponse } from './response-facts.ts';
import { TranslateStream } from './translate-stream.ts';

/** The lane between a client and a provider of different protocols: everything passes through the canonical form. */
export function openTranslateLane(
  context: LaneContext,
  client: ChatProtocol,
  target: ChatProtocol,
  path: string,
): Lane {
  const { endpoint, provider } = context;
  const plain = dropPricedFields(context.call.body);
  const request = client.parseRequest(plain.body);
  const hidesReasoning = request.reasoning?.isHidden === true;
  const rendered = target.renderRequest(request, {
    upstreamModel: endpoint.upstreamModel,
    outputLimit: context.outputLimit,
    maxOutputTokens: endpoint.maxOutputTokens,
    takesReasoningBack: provider.takesReasoningBack === true,
    takesCacheMarks: provider.takesCacheMarks === true,
  });
  const body = provider.quirks?.request?.(rendered.body) ?? rendered.body;
  return {
    kind: 'translate',
    request: { path, headers: upstreamHeaders(context, target), body: encodeJson(body) },
    droppedParams: [
      ...new Set([
        ...plain.dropped,
        ...rendered.droppedParams,
        ...droppedByQuirk(rendered.body, body).map((name) => spellForClient(client.name, target.name, name)),
      ]),
    ],
    readAnswer: (status, headers, received) =>
      status >= 200 && status < 300
        ? readAnswer(context, client, target, { hints: rendered.hints, hidesReasoning }, received)
        : readFailure(context, target, status, headers, received),
    readFailure: (status, headers, received) => readFailure(context, target, status, headers, received),
    openStream: () =>
      new TranslateStream(client, target, {
        ...streamOptions(context),
        hints: rendered.hints,
        hidesReasoning,
        correct: (failure) => correctFailure(context, failure),
      }),
  };
}

function readAnswer(
  context: LaneContext,
  client: ChatProtocol,
  target: ChatProtocol,
  { hints, hidesReasoning }: { readonly hints: AnswerHints; readonly hidesReasoning: boolean },
  received: Uint8Array,
): Answer | UpstreamFailure {
  const quirks = context.provider.quirks;
  const body = tryParseJson(decodeText(received));
  if (!isJsonObject(body)) {
    return malformed('The provider answered with something that is not a JSON object.', 200);
  }
  const response = target.parseResponse(quirks?.response?.(body) ?? body, hints);
  if (isFailure(response)) {
    return correctFailure(context, response);
  }
  const { model, fallbackId, nowSeconds } = streamOptions(context);
  return {
    ...factsOfResponse(response),
    render: (settled) => {
      const shown = hidesReasoning ? withoutReasoning(response) : response;
      return encodeJson(client.renderResponse(shown, { model, fallbackId, nowSeconds, settled }));
    },
  };
}

function withoutReasoning(response: InferenceResponse): InferenceResponse {
  const choices = response.choices.map((choice) => ({
    ...choice,
    parts: choice.parts.filter((part) => part.type !== 'reasoning'),
  }));
  return { ...response, choices };
}
