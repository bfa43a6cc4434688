import type { AssistantPart, CacheMark, ContentPart, Message, ReasoningPart } from '@turnpike/core/inference/request';
import type { Json, JsonObject } from '@turnpike/core/json';

import { renderCacheMark } from '../../cache-mark.ts';
import { compact } from '../../loose.ts';
import { urlOfSource } from '../../media.ts';
import type { RenderTarget } from '../../protocol.ts';
import { renderReasoningPart } from './reasoning.ts';

/**
 * Canonical messages in this protocol. A tool's result may hold text alone here, so that its images follow in a
 * message of the user's, behind all results of the turn.
 */
export function renderMessages(messages: readonly Message[], target: RenderTarget): readonly JsonObject[] {
  const rendered: JsonObject[] = [];
  let media: JsonObject[] = [];
  const flushMedia = (): void => {
    if (media.length > 0) {
      rendered.push({ role: 'user', content: media });
      media = [];
    }
  };
  for (const message of messages) {
    if (message.role !== 'tool') {
      flushMedia();
    }
    switch (message.role) {
      case 'system':
      case 'developer':
      case 'user':
        rendered.push(
          compact({ role: message.role, content: renderContent(message.content, target), name: message.name }),
        );
        break;
      case 'assistant': {
        const assistant = renderAssistant(message.content, target);
        if (assistant !== undefined) {
          rendered.push(compact({ ...assistant, name: message.name }));
        }
        break;
      }
      case 'tool': {
        const texts = message.content.filter((part) => part.type === 'text');
        const others = message.content
          .filter((part) => part.type !== 'text')
          .flatMap((part) => renderPart(part, target));
        if (others.length > 0) {
          media.push({ type: 'text', text: `Result of tool call ${message.toolCallId}:` }, ...others);
        }
        rendered.push({
          role: 'tool',
          tool_call_id: message.toolCallId,
          content: renderContent(texts.length === 0 && others.length > 0 ? [seeBelow] : texts, target),
          ...marked(message.cache, target),
        });
        break;
      }
    }
  }
  flushMedia();
  return rendered;
}

/** A tool message must not be empty. */
const seeBelow: ContentPart = { type: 'text', text: 'The result follows in the next message.' };

function renderAssistant(parts: readonly AssistantPart[], target: RenderTarget): JsonObject | undefined {
  const contents = parts.filter((part) => part.type === 'text' || part.type === 'image' || part.type === 'document');
  const calls = parts.filter((part) => part.type === 'tool-call');
  const refusal = parts.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])).join('');
  if (contents.length + calls.length === 0 && refusal === '' && parts.length > 0 && !parts.some(isNative)) {
    // Nothing is left of a turn that held only another issuer's reasoning.
    return undefined;
  }
  return compact({
    role: 'assistant',
    content: contents.length > 0 ? renderContent(contents, target) : calls.length > 0 || refusal !== '' ? null : '',
    refusal: refusal === '' ? undefined : refusal,
    ...(target.takesReasoningBack ? renderReasoning(parts) : {}),
    ...nativeFields(parts),
    tool_calls:
      calls.length === 0
        ? undefined
        : calls.map((call) =>
            call.kind === 'custom'
              ? { id: call.id, type: 'custom', custom: { name: call.name, input: call.arguments } }
              : {
                  id: call.id,
                  type: 'function',
                  function: { name: call.name, arguments: call.arguments || '{}' },
                  ...marked(call.cache, target),
                },
          ),
  });
}

function isNative(part: AssistantPart): boolean {
  return part.type === 'native' && part.protocol === 'openai-chat';
}

/** Sealed reasoning names its issuer, so that the other side can check whose it is; foreign text without a seal is nobody's. */
function renderReasoning(parts: readonly AssistantPart[]): JsonObject {
  const isSealed = (part: ReasoningPart): boolean => part.signature !== undefined || part.redacted !== undefined;
  const reasoning = parts
    .filter((part) => part.type === 'reasoning')
    .filter((part) => part.issuer === 'openai-chat' || isSealed(part));
  if (reasoning.length === 0) {
    return {};
  }
  return reasoning.some(isSealed)
    ? { reasoning_details: reasoning.map(renderReasoningPart) }
    : { reasoning_content: reasoning.map((part) => part.text).join('') };
}

function nativeFields(parts: readonly AssistantPart[]): JsonObject {
  let fields: JsonObject = {};
  for (const part of parts) {
    if (part.type === 'native' && part.protocol === 'openai-chat' && part.block['audio'] !== undefined) {
      fields = { ...fields, ...part.block };
    }
  }
  return fields;
}

/** Between texts that become one. */
const paragraph = '\n\n';

/** Plain text as a string, which every vendor takes; anything else as parts. */
function renderContent(parts: readonly ContentPart[], target: RenderTarget): Json {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const isPlain = texts.length === parts.length;
  const losesNothing = parts.length <= 1 && parts.every((part) => !('cache' in part));
  return isPlain && (losesNothing || !target.takesCacheMarks)
    ? texts.join(paragraph)
    : parts.flatMap((part) => renderPart(part, target));
}

/** A cache mark for those who know it; others refuse the field. */
function marked(cache: CacheMark | undefined, target: RenderTarget): JsonObject {
  return target.takesCacheMarks ? renderCacheMark(cache) : {};
}

function renderPart(part: ContentPart, target: RenderTarget): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text, ...marked(part.cache, target) }];
    case 'image': {
      const url = urlOfSource(part.source);
      return url === undefined
        ? [{ type: 'file', file: { file_id: part.source.type === 'file' ? part.source.fileId : '' } }]
        : [{ type: 'image_url', image_url: compact({ url, detail: part.detail }), ...marked(part.cache, target) }];
    }
    case 'document':
      return [renderDocument(part, target)];
    case 'audio':
      return [{ type: 'input_audio', input_audio: { data: part.data, format: part.format } }];
    case 'native':
      return part.protocol === 'openai-chat' ? [part.block] : [];
  }
}

function renderDocument(part: Extract<ContentPart, { type: 'document' }>, target: RenderTarget): JsonObject {
  const { source, name } = part;
  const cache = marked(part.cache, target);
  if (source.type === 'text') {
    // A text document is text: what it is called stands before it.
    const title = name === undefined ? '' : `${name}:\n`;
    const context = part.context === undefined ? '' : `${part.context}\n`;
    return { type: 'text', text: `${title}${context}${source.text}`, ...cache };
  }
  if (source.type === 'file') {
    return { type: 'file', file: compact({ file_id: source.fileId, filename: name }), ...cache };
  }
  return { type: 'file', file: { filename: name ?? 'document.pdf', file_data: urlOfSource(source) }, ...cache };
}
