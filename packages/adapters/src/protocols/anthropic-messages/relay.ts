import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { malformed } from '../../failures.ts';
import { utf8Length } from '../../framing/bytes.ts';
import { numberOf, objectsOf, stringOf } from '../../loose.ts';
import { cleanNativeReason } from '../../native-reason.ts';
import type { AnswerReading, RelayEditOptions, RelayRules } from '../../protocol.ts';
import { spliceWholeAnswer } from '../../relay/splice-answer.ts';
import { parseError } from './error.ts';
import { stripForeignReasoning } from './foreign-reasoning.ts';
import { minimumBudgetTokens } from './render-reasoning.ts';
import { parseStopReason } from './stop-reason.ts';
import { parseUsage, renderUsage } from './usage.ts';
import { gatewayFields } from './wire.ts';

/** What thinking may take of a limit that we set, so that an answer can follow. */
const thinkingShare = 0.8;

/** What changes when a messages call is passed on to a provider of the same protocol. */
export const relayRules: RelayRules = {
  editRequest,
  readAnswer,
  spliceAnswer: (bytes, body, model, settled) => spliceWholeAnswer(bytes, body, model, settled, renderUsage),
};

function editRequest(body: JsonObject, options: RelayEditOptions): JsonObject {
  const edited: Record<string, Json | undefined> = { ...body };
  for (const field of gatewayFields) {
    if (field in edited && !options.keptFields.includes(field)) {
      edited[field] = undefined;
    }
  }
  edited['messages'] = stripForeignReasoning(body['messages']);
  if (options.outputLimit !== undefined) {
    const limit = Math.min(numberOf(body['max_tokens']) ?? options.outputLimit, options.outputLimit);
    edited['max_tokens'] = limit;
    edited['thinking'] = fitThinking(body['thinking'], limit);
  }
  return edited;
}

/** A budget must be smaller than the limit: where we lowered that, the budget follows, or thinking ends. */
function fitThinking(thinking: Json | undefined, limit: number): Json | undefined {
  const budget = isJsonObject(thinking) ? numberOf(thinking['budget_tokens']) : undefined;
  if (!isJsonObject(thinking) || budget === undefined || budget < limit) {
    return thinking;
  }
  const fitted = Math.floor(limit * thinkingShare);
  return fitted >= minimumBudgetTokens ? { ...thinking, budget_tokens: fitted } : { type: 'disabled' };
}

function readAnswer(body: JsonObject): AnswerReading | UpstreamFailure {
  if (body['type'] !== 'message' || !Array.isArray(body['content'])) {
    return body['type'] === 'error' || (body['error'] !== undefined && body['error'] !== null)
      ? parseError({ status: 200, headers: {}, body, text: '' })
      : malformed('The provider answered without a message.', 200);
  }
  const native = stringOf(body['stop_reason']);
  const usage = parseUsage(body['usage']);
  return {
    usage,
    isUsageFinal: usage !== undefined,
    finishReason: native === undefined ? undefined : parseStopReason(native),
    nativeFinishReason: cleanNativeReason(native),
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
