import type { ProtocolName, ReasoningPart } from '@turnpike/core/inference/request';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { stringOf } from '../../loose.ts';

/**
 * Reasoning of another issuer is shown to clients of this protocol as thinking whose signature names the issuer, or
 * is empty where there was none. A true signature is base64 and holds no colon, so that the two cannot be confused;
 * what is foreign is taken out again before a conversation goes to this protocol's own models, which would refuse it.
 */
const foreignMark = /^(openai-chat|openai-embeddings):/;

/** The signature to show for reasoning of any issuer. */
export function markSignature(signature: string | undefined, issuer: ProtocolName): string {
  return signature === undefined ? '' : issuer === 'anthropic-messages' ? signature : `${issuer}:${signature}`;
}

interface Origin {
  readonly issuer: ProtocolName;
  /** The issuer's own signature or data, as it came. */
  readonly value: string | undefined;
}

/** Who made a signature or redacted data that a client sends back. */
export function originOf(marked: string | null | undefined): Origin {
  if (marked === null || marked === undefined || marked === '') {
    return { issuer: 'openai-chat', value: undefined };
  }
  return foreignMark.test(marked)
    ? { issuer: 'openai-chat', value: marked.slice(marked.indexOf(':') + 1) }
    : { issuer: 'anthropic-messages', value: marked };
}

/** A thinking block as canonical reasoning. */
export function parseThinking(text: string, signature: string | null | undefined): ReasoningPart {
  const { issuer, value } = originOf(signature);
  return { type: 'reasoning', text, issuer, ...(value === undefined ? {} : { signature: value }) };
}

/** A redacted block as canonical reasoning. */
export function parseRedacted(data: string): ReasoningPart {
  const { issuer, value } = originOf(data);
  return { type: 'reasoning', text: '', redacted: value ?? '', issuer };
}

/**
 * The messages without foreign reasoning; the same value where there is none. A turn that held nothing else goes as a
 * whole, because an empty turn is refused.
 */
export function stripForeignReasoning(messages: Json | undefined): Json | undefined {
  if (!Array.isArray(messages) || !messages.some(hasForeignBlock)) {
    return messages;
  }
  return messages.flatMap((message): Json[] => {
    if (!isJsonObject(message) || !hasForeignBlock(message) || !Array.isArray(message['content'])) {
      return [message];
    }
    const content = message['content'].filter((block) => !isForeign(block));
    return content.length === 0 ? [] : [{ ...message, content }];
  });
}

function hasForeignBlock(message: Json): boolean {
  return isJsonObject(message) && Array.isArray(message['content']) && message['content'].some(isForeign);
}

function isForeign(block: Json): boolean {
  if (!isJsonObject(block)) {
    return false;
  }
  const marked = markOf(block);
  return marked !== undefined && originOf(marked).issuer !== 'anthropic-messages';
}

/** The signature or data of a block of reasoning; undefined for other blocks. */
function markOf(block: JsonObject): string | undefined {
  switch (stringOf(block['type']) ?? '') {
    case 'thinking':
      return typeof block['signature'] === 'string' ? block['signature'] : '';
    case 'redacted_thinking':
      return typeof block['data'] === 'string' ? block['data'] : '';
    default:
      return undefined;
  }
}
