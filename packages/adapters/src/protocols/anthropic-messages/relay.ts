import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { Json, JsonObject } from '@turnpike/core/json';

import { malformed } from '../../failures.ts';
import { utf8Length } from '../../framing/bytes.ts';
import { numberOf, objectsOf, stringOf } from '../../loose.ts';
import type { AnswerReading, RelayEditOptions, RelayRules } from '../../protocol.ts';
import { spliceWholeAnswer } from '../../relay/splice-answer.ts';
import { parseError } from './error.ts';
import { stripForeignReasoning } from './foreign-reasoning.ts';
import { parseStopReason } from './stop-reason.ts';
import { parseUsage, renderUsage } from './usage.ts';
import { gatewayFields } from './wire.ts';

/** What changes when a messages call is passed on to a provider of the same protocol. */
export const relayRules: RelayRules = {
  editRequest,
  readAnswer,
  spliceAnswer: (bytes, model, settled) => spliceWholeAnswer(bytes, model, settled, renderUsage),
};

function editRequest(body: JsonObject, options: RelayEditOptions): JsonObject {
  const edited: Record<string, Json | undefined> = { ...body };
  for (const field of gatewayFields) {
    if (field in edited && !options.keptFields.includes(field)) {
      edited[field] = undefined;
    }
  }
  edited['messages'] = stripForeignReasoning(body['messages']);
  const asked = numberOf(body['max_tokens']);
  if (options.outputLimit !== undefined) {
    edited['max_tokens'] = Math.min(asked ?? options.outputLimit, options.outputLimit);
  }
  return edited;
}

function readAnswer(body: JsonObject): AnswerReading | UpstreamFailure {
  if (body['type'] !== 'message' || !Array.isArray(body['content'])) {
    return body['type'] === 'error' || (body['error'] !== undefined && body['error'] !== null)
      ? parseError({ status: 200, headers: {}, body, text: '' })
      : malformed('The provider answered without a message.', 200);
  }
  const native = stringOf(body['stop_reason']);
  return {
    usage: parseUsage(body['usage']),
    finishReason: native === undefined ? undefined : parseStopReason(native),
    nativeFinishReason: native,
    outputBytes: objectsOf(body['content']).reduce((sum, block) => sum + outputBytesOf(block), 0),
  };
}

function outputBytesOf(block: JsonObject): number {
  switch (stringOf(block['type']) ?? '') {
    case 'text':
      return utf8Length(stringOf(block['text']) ?? '');
    case 'thinking':
      return utf8Length(stringOf(block['thinking']) ?? '');
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return utf8Length(JSON.stringify(block['input'] ?? {}));
    default:
      return 0;
  }
}
