import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import { foldStream } from '@turnpike/core/inference/fold-stream';
import type { AnswerPart, InferenceResponse } from '@turnpike/core/inference/response';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { malformed } from '../../failures.ts';
import { compact, tryParseJson } from '../../loose.ts';
import type { AnswerHints, RenderResponseOptions } from '../../protocol.ts';
import { renderCitations } from './citations.ts';
import { parseError } from './error.ts';
import { markSignature } from './foreign-reasoning.ts';
import { renderStopReason } from './stop-reason.ts';
import { MessagesStreamParser } from './stream-parser.ts';
import { renderUsage } from './usage.ts';

/** A message in canonical form, or why it is none. */
export function parseResponse(body: Json, hints: AnswerHints): InferenceResponse | UpstreamFailure {
  if (!isJsonObject(body)) {
    return malformed('The provider answered with something that is not a JSON object.', 200);
  }
  if (body['type'] !== 'message' || !Array.isArray(body['content'])) {
    return body['type'] === 'error' || (body['error'] !== undefined && body['error'] !== null)
      ? parseError({ status: 200, headers: {}, body, text: '' })
      : malformed('The provider answered without a message.', 200);
  }
  const response = foldStream(new MessagesStreamParser(hints).readMessage(body));
  if (response === undefined) {
    return malformed('The provider answered without a message.', 200);
  }
  // A message without any content has one alternative all the same.
  return response.choices.length > 0
    ? response
    : { ...response, choices: [{ parts: [], finishReason: 'stop', nativeFinishReason: '' }] };
}

/** The message that a client gets. */
export function renderResponse(response: InferenceResponse, options: RenderResponseOptions): JsonObject {
  const [choice] = response.choices;
  const parts = choice?.parts ?? [];
  return compact({
    id: response.id === '' ? `msg_${options.fallbackId}` : response.id,
    type: 'message',
    role: 'assistant',
    model: options.model,
    content: parts.flatMap(renderPart),
    stop_reason: stopReasonOf(choice, parts),
    stop_sequence: choice?.stopSequence ?? null,
    usage: renderUsage(options.settled),
  });
}

function stopReasonOf(choice: InferenceResponse['choices'][number] | undefined, parts: readonly AnswerPart[]): string {
  const reason = choice?.finishReason ?? 'stop';
  return reason === 'stop' && parts.some((part) => part.type === 'refusal')
    ? 'refusal'
    : renderStopReason(reason, choice?.stopSequence);
}

function renderPart(part: AnswerPart): readonly JsonObject[] {
  switch (part.type) {
    case 'text': {
      const citations = renderCitations(part.citations);
      return part.text === '' && citations.length === 0
        ? []
        : [{ type: 'text', text: part.text, ...(citations.length === 0 ? {} : { citations }) }];
    }
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'reasoning':
      return part.redacted === undefined
        ? [{ type: 'thinking', thinking: part.text, signature: markSignature(part.signature, part.issuer) }]
        : [{ type: 'redacted_thinking', data: markSignature(part.redacted, part.issuer) }];
    case 'tool-call':
      return [{ type: 'tool_use', id: part.id, name: part.name, input: renderInput(part.arguments) }];
    case 'native':
      return part.protocol === 'anthropic-messages' ? [part.payload] : [];
  }
}

/**
 * Arguments as the object that this protocol has for them. What is no object (a call that was cut, free text) stays
 * the text that it is: an empty object in its place would be a call that the model did not make.
 */
export function renderInput(json: string): Json {
  if (json.trim() === '') {
    return {};
  }
  const input = tryParseJson(json);
  return isJsonObject(input) ? input : json;
}
