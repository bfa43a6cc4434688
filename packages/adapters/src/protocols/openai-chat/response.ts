import { foldStream } from '@turnpike/core/inference/fold-stream';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { ReasoningPart } from '@turnpike/core/inference/request';
import type { AnswerPart, Choice, InferenceResponse } from '@turnpike/core/inference/response';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { malformed } from '../../failures.ts';
import { compact } from '../../loose.ts';
import type { RenderResponseOptions } from '../../protocol.ts';
import { renderAnnotation } from './annotations.ts';
import { renderReasoningPart } from './reasoning.ts';
import { ChatStreamParser } from './stream-parser.ts';
import { renderUsage } from './usage.ts';

/** A chat completion in canonical form, or why it is none. */
export function parseResponse(body: Json): InferenceResponse | UpstreamFailure {
  if (!isJsonObject(body)) {
    return malformed('The provider answered with something that is not a JSON object.', 200);
  }
  const events = new ChatStreamParser().readWhole(body);
  const failed = events.find((event) => event.type === 'error');
  if (failed !== undefined) {
    return failed.failure;
  }
  const response = foldStream(events);
  return response === undefined || response.choices.length === 0
    ? malformed('The provider answered without any choice.', 200)
    : response;
}

/** The chat completion that a client gets. */
export function renderResponse(response: InferenceResponse, options: RenderResponseOptions): JsonObject {
  return compact({
    id: response.id === '' ? options.fallbackId : response.id,
    object: 'chat.completion',
    created: response.createdAtSeconds ?? options.nowSeconds,
    model: options.model,
    choices: response.choices.map(renderChoice),
    usage: renderUsage(options.settled),
    service_tier: response.serviceTier,
    system_fingerprint: response.systemFingerprint,
  });
}

function renderChoice(choice: Choice, index: number): JsonObject {
  return {
    index,
    message: renderMessage(choice.parts),
    logprobs: choice.logprobs ?? null,
    finish_reason: choice.finishReason,
    native_finish_reason: choice.nativeFinishReason,
  };
}

function renderMessage(parts: readonly AnswerPart[]): JsonObject {
  const text = textsOf(parts, 'text').join('');
  const refusal = textsOf(parts, 'refusal').join('');
  const reasoning = parts.filter((part) => part.type === 'reasoning');
  const citations = parts.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : []));
  const calls = parts.filter((part) => part.type === 'tool-call');
  return compact({
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    refusal: refusal === '' ? null : refusal,
    ...renderReasoning(reasoning),
    annotations: citations.length === 0 ? undefined : citations.map(renderAnnotation),
    tool_calls:
      calls.length === 0
        ? undefined
        : calls.map((call) =>
            call.kind === 'custom'
              ? { id: call.id, type: 'custom', custom: { name: call.name, input: call.arguments } }
              : { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments || '{}' } },
          ),
    ...nativeFields(parts),
  });
}

function textsOf(parts: readonly AnswerPart[], type: 'text' | 'refusal'): readonly string[] {
  return parts.flatMap((part) => (part.type === type ? [part.text] : []));
}

function renderReasoning(parts: readonly ReasoningPart[]): { reasoning?: string; reasoning_details?: Json } {
  if (parts.length === 0) {
    return {};
  }
  const text = parts.map((part) => part.text).join('');
  return {
    ...(text === '' ? {} : { reasoning: text }),
    // Details exist to be sent back: only reasoning that its issuer can check needs them.
    ...(parts.every(isPlain) ? {} : { reasoning_details: parts.map(renderReasoningPart) }),
  };
}

function isPlain(part: ReasoningPart): boolean {
  return part.signature === undefined && part.redacted === undefined;
}

/** Fields of a message that only this protocol has, such as audio. */
function nativeFields(parts: readonly AnswerPart[]): JsonObject {
  let fields: JsonObject = {};
  for (const part of parts) {
    if (part.type === 'native' && part.protocol === 'openai-chat') {
      fields = { ...fields, ...part.payload };
    }
  }
  return fields;
}
