import type { AssistantPart, ContentPart, MediaSource, Message } from '@turnpike/core/inference/request';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { renderCacheMark } from '../../cache-mark.ts';
import { compact, tryParseJson } from '../../loose.ts';

/** A turn of this protocol before it is written. */
interface Turn {
  readonly role: 'user' | 'assistant';
  readonly results: JsonObject[];
  readonly content: JsonObject[];
}

export interface RenderedMessages {
  readonly system: readonly JsonObject[];
  readonly messages: readonly JsonObject[];
  /** Pieces of what a user, a system or a tool says had no form here and were left out. */
  readonly hasDroppedParts: boolean;
}

/** An empty turn is refused; this stands for one. */
const emptyText = '(empty)';
/** The first turn must be the user's; this stands for it where a conversation begins with the model. */
const openingText = '(start of conversation)';

/**
 * Canonical messages in this protocol: system texts on their own, roles in turns, all results of a turn first. Edits
 * are the same for the same input, so that a prompt cache stays warm from turn to turn.
 */
export function renderMessages(messages: readonly Message[]): RenderedMessages {
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  for (const message of messages) {
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push(...message.content.flatMap(renderPart));
        break;
      case 'user':
        turnOf(turns, 'user').content.push(...message.content.flatMap(renderPart));
        break;
      case 'assistant':
        turnOf(turns, 'assistant').content.push(...message.content.flatMap(renderAssistantPart));
        break;
      case 'tool':
        addResult(turns, message);
        break;
    }
  }
  if (turns[0]?.role !== 'user') {
    turns.unshift({ role: 'user', results: [], content: [{ type: 'text', text: openingText }] });
  }
  trimPrefill(turns.at(-1));
  return {
    system,
    messages: turns.flatMap(renderTurn),
    hasDroppedParts: messages.some((message) => message.role !== 'assistant' && message.content.some(isUnknownHere)),
  };
}

function isUnknownHere(part: ContentPart): boolean {
  return part.type === 'audio' || (part.type === 'native' && part.protocol !== 'anthropic-messages');
}

/** The turn that is being written where it is of the role; else a new one: roles alternate. */
function turnOf(turns: Turn[], role: Turn['role']): Turn {
  const last = turns.at(-1);
  if (last?.role === role) {
    return last;
  }
  const turn: Turn = { role, results: [], content: [] };
  turns.push(turn);
  return turn;
}

function addResult(turns: Turn[], message: Extract<Message, { role: 'tool' }>): void {
  const content = message.content.flatMap(renderPart);
  turnOf(turns, 'user').results.push(
    compact({
      type: 'tool_result',
      tool_use_id: fitId(message.toolCallId),
      content: isPlainText(content) ? (content[0]?.['text'] ?? '') : content,
      is_error: message.isError,
      ...renderCacheMark(message.cache),
    }),
  );
}

function isPlainText(content: readonly JsonObject[]): boolean {
  return (
    content.length === 0 ||
    (content.length === 1 && content[0]?.['type'] === 'text' && Object.keys(content[0]).length === 2)
  );
}

function renderTurn(turn: Turn): readonly JsonObject[] {
  const content = [...turn.results, ...turn.content];
  if (content.length > 0) {
    return [{ role: turn.role, content }];
  }
  // Nothing is left of a model's turn that held only another issuer's reasoning.
  return turn.role === 'assistant' ? [] : [{ role: 'user', content: [{ type: 'text', text: emptyText }] }];
}

/** Words that the model shall go on from must not end in white space. */
function trimPrefill(turn: Turn | undefined): void {
  const last = turn?.content.at(-1);
  if (turn?.role !== 'assistant' || last?.['type'] !== 'text' || typeof last['text'] !== 'string') {
    return;
  }
  const text = last['text'].trimEnd();
  turn.content.pop();
  if (text !== '') {
    turn.content.push({ ...last, text });
  }
}

function renderAssistantPart(part: AssistantPart): readonly JsonObject[] {
  switch (part.type) {
    case 'reasoning':
      if (part.issuer !== 'anthropic-messages' || (part.signature === undefined && part.redacted === undefined)) {
        // Signatures are bound to their issuer: reasoning that cannot be checked is refused.
        return [];
      }
      return part.redacted === undefined
        ? [{ type: 'thinking', thinking: part.text, signature: part.signature }]
        : [{ type: 'redacted_thinking', data: part.redacted }];
    case 'tool-call':
      return [
        {
          type: 'tool_use',
          id: fitId(part.id),
          name: part.name,
          input: inputObject(part.arguments),
          ...renderCacheMark(part.cache),
        },
      ];
    case 'refusal':
      return renderText(part.text);
    case 'text':
    case 'image':
    case 'document':
    case 'audio':
    case 'native':
      return renderPart(part);
  }
}

/** Ids hold letters, digits, `_` and `-` here; others' may hold more. The same id stays the same in call and result. */
function fitId(id: string): string {
  const fitted = id.replaceAll(/[^\w-]/g, '_');
  return fitted === '' ? 'call' : fitted;
}

/** Past arguments must be an object; what is none (free text, a call that was cut) is put into one. */
function inputObject(json: string): JsonObject {
  if (json.trim() === '') {
    return {};
  }
  const input = tryParseJson(json);
  return isJsonObject(input) ? input : { input: json };
}

/** Text that is empty or white space alone is refused, so that it is left out. */
function renderText(text: string, rest: JsonObject = {}): readonly JsonObject[] {
  return text.trim() === '' ? [] : [{ type: 'text', text, ...rest }];
}

function renderPart(part: ContentPart): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return renderText(part.text, {
        ...compact({ citations: ownCitations(part.citations) }),
        ...renderCacheMark(part.cache),
      });
    case 'image':
      return [{ type: 'image', source: renderSource(part.source), ...renderCacheMark(part.cache) }];
    case 'document':
      return [
        compact({
          type: 'document',
          source:
            part.source.type === 'text'
              ? { type: 'text', media_type: 'text/plain', data: part.source.text }
              : renderSource(part.source),
          title: part.name,
          context: part.context,
          citations: part.citations === undefined ? undefined : { enabled: part.citations },
          ...renderCacheMark(part.cache),
        }),
      ];
    case 'audio':
      return [];
    case 'native':
      return part.protocol === 'anthropic-messages' ? [part.block] : [];
  }
}

function ownCitations(citations: readonly Json[] | undefined): readonly Json[] | undefined {
  return citations === undefined || citations.length === 0 ? undefined : citations;
}

function renderSource(source: MediaSource): JsonObject {
  switch (source.type) {
    case 'url':
      return { type: 'url', url: source.url };
    case 'base64':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'file':
      return { type: 'file', file_id: source.fileId };
  }
}
