import type {
  AssistantPart,
  ContentPart,
  Message,
  ReasoningPart,
  ToolCallPart,
} from '@turnpike/core/inference/request';

import { cacheMember } from '../../cache-mark.ts';
import { compact } from '../../loose.ts';
import { sourceOfUrl } from '../../media.ts';
import { joinDetails } from './reasoning.ts';
import type { ChatContent, ChatMessage, ChatPart } from './wire.ts';

/** A client's messages in canonical form. */
export function parseMessages(messages: readonly ChatMessage[]): readonly Message[] {
  /** Ids of calls in the older form, which has none: the last call of a name answers its result. */
  const legacyIds = new Map<string, string>();
  return messages.map((message, position): Message => {
    const name = 'name' in message && typeof message.name === 'string' ? { name: message.name } : {};
    switch (message.role) {
      case 'system':
      case 'developer':
      case 'user':
        return { role: message.role, content: parseContent(message.content), ...name };
      case 'assistant':
        return { role: 'assistant', content: parseAssistant(message, position, legacyIds), ...name };
      case 'tool':
        return {
          role: 'tool',
          toolCallId: message.tool_call_id,
          content: parseContent(message.content),
          ...cacheMember(message['cache_control']),
        };
      case 'function':
        return {
          role: 'tool',
          toolCallId: legacyIds.get(message.name) ?? `call_${message.name}`,
          content: parseContent(message.content ?? ''),
        };
    }
  });
}

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

function parseAssistant(
  message: AssistantMessage,
  position: number,
  legacyIds: Map<string, string>,
): readonly AssistantPart[] {
  const parts: AssistantPart[] = [...parseReasoning(message)];
  const { content } = message;
  if (typeof content === 'string') {
    parts.push(...parseContent(content));
  } else if (content !== null && content !== undefined) {
    for (const part of content) {
      parts.push(part.type === 'refusal' ? { type: 'refusal', text: part.refusal } : parsePart(part));
    }
  }
  if (typeof message.refusal === 'string' && message.refusal !== '') {
    parts.push({ type: 'refusal', text: message.refusal });
  }
  if (message.audio !== null && message.audio !== undefined) {
    parts.push({ type: 'native', protocol: 'openai-chat', block: { audio: message.audio } });
  }
  for (const call of message.tool_calls ?? []) {
    parts.push(
      call.type === 'custom'
        ? { type: 'tool-call', id: call.id, name: call.custom.name, arguments: call.custom.input, kind: 'custom' }
        : parseFunctionCall(call.id, call.function, call['cache_control']),
    );
  }
  if (message.function_call !== null && message.function_call !== undefined) {
    const id = `call_${position}_${message.function_call.name}`;
    legacyIds.set(message.function_call.name, id);
    parts.push(parseFunctionCall(id, message.function_call, undefined));
  }
  return parts;
}

function parseFunctionCall(id: string, call: { name: string; arguments: string }, cache: unknown): ToolCallPart {
  return { type: 'tool-call', id, name: call.name, arguments: call.arguments, kind: 'function', ...cacheMember(cache) };
}

function parseReasoning(message: AssistantMessage): readonly ReasoningPart[] {
  const details = joinDetails(message.reasoning_details ?? []);
  if (details.length > 0) {
    return details;
  }
  const text = message.reasoning_content || (typeof message.reasoning === 'string' ? message.reasoning : '');
  return text === '' ? [] : [{ type: 'reasoning', text, issuer: 'openai-chat' }];
}

function parseContent(content: ChatContent): readonly ContentPart[] {
  if (typeof content === 'string') {
    return content === '' ? [] : [{ type: 'text', text: content }];
  }
  return content.map(parsePart);
}

function parsePart(part: ChatPart): ContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...cacheMember(part['cache_control']) };
    case 'refusal':
      return { type: 'text', text: part.refusal };
    case 'image_url':
      return {
        type: 'image',
        source: sourceOfUrl(part.image_url.url),
        ...(typeof part.image_url.detail === 'string' ? { detail: part.image_url.detail } : {}),
        ...cacheMember(part['cache_control']),
      };
    case 'input_audio':
      return { type: 'audio', format: part.input_audio.format, data: part.input_audio.data };
    case 'file':
      return parseFile(part.file, part['cache_control']);
    case 'unknown':
      return { type: 'native', protocol: 'openai-chat', block: part.block };
  }
}

function parseFile(
  file: {
    filename?: string | null | undefined;
    file_data?: string | null | undefined;
    file_id?: string | null | undefined;
  },
  cache: unknown,
): ContentPart {
  const data = file.file_data ?? '';
  return {
    type: 'document',
    source:
      data === ''
        ? { type: 'file', fileId: file.file_id ?? '' }
        : /^(?:data|https?):/.test(data)
          ? sourceOfUrl(data)
          : { type: 'base64', mediaType: 'application/pdf', data },
    ...compact({ name: file.filename ?? undefined }),
    ...cacheMember(cache),
  };
}
