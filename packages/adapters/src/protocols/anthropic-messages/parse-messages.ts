import type { AssistantPart, ContentPart, MediaSource, Message } from '@turnpike/core/inference/request';
import { isJsonObject, type Json } from '@turnpike/core/json';

import { cacheMember } from '../../cache-mark.ts';
import { compact } from '../../loose.ts';
import { parseRedacted, parseThinking } from './foreign-reasoning.ts';
import type { WireBlock, WireMessage, WireResultBlock, WireSource } from './wire.ts';

/** A client's messages in canonical form: the results of tools become messages of their own. */
export function parseMessages(messages: readonly WireMessage[]): readonly Message[] {
  return messages.flatMap((message): readonly Message[] => {
    const blocks = typeof message.content === 'string' ? [textBlock(message.content)] : message.content;
    switch (message.role) {
      case 'assistant':
        return [{ role: 'assistant', content: blocks.flatMap(parseAssistantBlock) }];
      case 'system':
        return [{ role: 'system', content: blocks.flatMap(parseContentBlock) }];
      case 'user':
        return parseUser(blocks);
    }
  });
}

function textBlock(text: string): WireBlock {
  return { type: 'text', text };
}

/** Results first, as this protocol asks, then what the user says. */
function parseUser(blocks: readonly WireBlock[]): readonly Message[] {
  const results: Message[] = [];
  const content: ContentPart[] = [];
  for (const block of blocks) {
    if (block.type === 'tool_result') {
      results.push({
        role: 'tool',
        toolCallId: block.tool_use_id,
        content:
          typeof block.content === 'string'
            ? parseText(block.content)
            : (block.content ?? []).flatMap(parseContentBlock),
        ...(block.is_error === true ? { isError: true } : {}),
        ...cacheMember(block['cache_control']),
      });
    } else {
      content.push(...parseContentBlock(block));
    }
  }
  return content.length === 0 && results.length > 0 ? results : [...results, { role: 'user', content }];
}

function parseText(text: string): readonly ContentPart[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function parseAssistantBlock(block: WireBlock): readonly AssistantPart[] {
  switch (block.type) {
    case 'thinking':
      return [parseThinking(block.thinking, block.signature)];
    case 'redacted_thinking':
      return [parseRedacted(block.data)];
    case 'tool_use':
      return [
        {
          type: 'tool-call',
          id: block.id,
          name: block.name,
          arguments: typeof block.input === 'string' ? block.input : JSON.stringify(block.input),
          kind: 'function',
          ...cacheMember(block['cache_control']),
        },
      ];
    case 'text':
    case 'image':
    case 'document':
    case 'tool_result':
    case 'unknown':
      return parseContentBlock(block);
  }
}

function parseContentBlock(block: WireBlock | WireResultBlock): readonly ContentPart[] {
  switch (block.type) {
    case 'text':
      return block.text === ''
        ? []
        : [
            {
              type: 'text',
              text: block.text,
              ...compact({ citations: block.citations ?? undefined }),
              ...cacheMember(block['cache_control']),
            },
          ];
    case 'image':
      return [{ type: 'image', source: parseSource(block.source), ...cacheMember(block['cache_control']) }];
    case 'document':
      return [
        {
          type: 'document',
          source: parseDocumentSource(block.source),
          ...compact({
            name: block.title ?? undefined,
            context: block.context ?? undefined,
            citations: block.citations?.enabled ?? undefined,
          }),
          ...cacheMember(block['cache_control']),
        },
      ];
    case 'unknown':
      return [{ type: 'native', protocol: 'anthropic-messages', block: block.block }];
    case 'thinking':
    case 'redacted_thinking':
    case 'tool_use':
    case 'tool_result':
      // These have no place in what a user or a system says; the vendor itself refuses them there.
      return [];
  }
}

function parseSource(source: WireSource): MediaSource {
  switch (source.type) {
    case 'url':
      return { type: 'url', url: source.url ?? '' };
    case 'file':
      return { type: 'file', fileId: source.file_id ?? '' };
    default:
      return { type: 'base64', mediaType: source.media_type ?? 'application/octet-stream', data: source.data ?? '' };
  }
}

function parseDocumentSource(source: WireSource): MediaSource | { readonly type: 'text'; readonly text: string } {
  if (source.type === 'text') {
    return { type: 'text', text: source.data ?? '' };
  }
  return source.type === 'content' ? { type: 'text', text: textOfContent(source.content) } : parseSource(source);
}

/** A document that is given as blocks of its own, as the text of them. */
function textOfContent(content: unknown): string {
  if (typeof content === 'string') {
    return content;
  }
  const blocks: readonly Json[] = Array.isArray(content) ? content : [];
  return blocks
    .map((block) => (isJsonObject(block) && typeof block['text'] === 'string' ? block['text'] : ''))
    .join('\n');
}
