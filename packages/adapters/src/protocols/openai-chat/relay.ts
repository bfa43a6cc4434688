import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { Json, JsonObject } from '@turnpike/core/json';

import { malformed } from '../../failures.ts';
import { utf8Length } from '../../framing/bytes.ts';
import { arrayOf, numberOf, objectOf, objectsOf, stringOf } from '../../loose.ts';
import { cleanNativeReason } from '../../native-reason.ts';
import type { AnswerReading, RelayEditOptions, RelayRules } from '../../protocol.ts';
import { spliceWholeAnswer } from '../../relay/splice-answer.ts';
import { parseError } from './error.ts';
import { parseFinishReason } from './finish-reason.ts';
import { writeOutputLimit } from './output-limit.ts';
import { effortOfBudget } from './reasoning.ts';
import { parseUsage, renderUsage } from './usage.ts';
import { gatewayFields } from './wire.ts';

/** What changes when a chat completion is passed on to a provider of the same protocol. */
export const relayRules: RelayRules = {
  editRequest,
  readAnswer,
  spliceAnswer: (bytes, body, model, settled) => spliceWholeAnswer(bytes, body, model, settled, renderUsage),
};

function editRequest(body: JsonObject, options: RelayEditOptions): JsonObject {
  const edited: Record<string, Json | undefined> = { ...body };
  for (const field of gatewayFields) {
    if (field in edited && !options.keptFields.includes(field)) {
      if (field === 'reasoning') {
        edited['reasoning_effort'] ??= effortOf(objectOf(edited['reasoning']));
      }
      edited[field] = undefined;
    }
  }
  // We meter by what the provider reports, and it reports in a stream only when it is asked.
  if (options.isStream && objectOf(edited['stream_options'])['include_usage'] !== true) {
    edited['stream_options'] = { ...objectOf(edited['stream_options']), include_usage: true };
  }
  writeOutputLimit(edited, options.outputLimit);
  return edited;
}

/** The unified `reasoning` object as the one word that this protocol knows. */
function effortOf(reasoning: JsonObject): string | undefined {
  if (reasoning['enabled'] === false) {
    return undefined;
  }
  const budget = numberOf(reasoning['max_tokens']);
  return (
    stringOf(reasoning['effort']) ??
    (budget === undefined ? (reasoning['enabled'] === true ? 'medium' : undefined) : effortOfBudget(budget))
  );
}

function readAnswer(body: JsonObject): AnswerReading | UpstreamFailure {
  const choices = objectsOf(body['choices']);
  const [first] = choices;
  if (first === undefined) {
    return isMissing(body['error'])
      ? malformed('The provider answered without any choice.', 200)
      : parseError({ status: 200, headers: {}, body, text: '' });
  }
  const native = stringOf(first['finish_reason']);
  const usage = parseUsage(body['usage']);
  return {
    usage,
    isUsageFinal: usage !== undefined,
    finishReason: native === undefined ? undefined : parseFinishReason(native),
    nativeFinishReason: cleanNativeReason(native),
    outputBytes: choices.reduce((sum, choice) => sum + outputBytesOf(objectOf(choice['message'])), 0),
  };
}

function isMissing(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function outputBytesOf(message: JsonObject): number {
  const reasoning = stringOf(message['reasoning']) ?? stringOf(message['reasoning_content']) ?? '';
  const texts = [textOf(message['content']), reasoning, stringOf(message['refusal']) ?? ''];
  for (const call of objectsOf(message['tool_calls'])) {
    texts.push(stringOf(objectOf(call['function'])['arguments']) ?? stringOf(objectOf(call['custom'])['input']) ?? '');
  }
  texts.push(stringOf(objectOf(message['function_call'])['arguments']) ?? '');
  return texts.reduce((sum, text) => sum + utf8Length(text), 0);
}

function textOf(content: Json | undefined): string {
  return typeof content === 'string'
    ? content
    : arrayOf(content)
        .map((part) => stringOf(objectOf(part)['text']) ?? '')
        .join('');
}
