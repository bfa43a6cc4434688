import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { ProtocolName, ReasoningPart, ToolCallPart } from './request.ts';
import type { AnswerPart, Choice, InferenceResponse } from './response.ts';
import type { StreamEvent } from './stream.ts';
import type { Usage } from './usage.ts';

type Draft<Part> = { -readonly [Key in keyof Part]: Part[Key] };
type TextDraft = Draft<Extract<AnswerPart, { type: 'text' }>>;
type RefusalDraft = Draft<Extract<AnswerPart, { type: 'refusal' }>>;
type ReasoningDraft = Draft<ReasoningPart>;
type CallDraft = Draft<ToolCallPart>;
type PartDraft = TextDraft | RefusalDraft | ReasoningDraft | CallDraft | Extract<AnswerPart, { type: 'native' }>;

interface OpenChoice {
  readonly parts: PartDraft[];
  /** The tool calls of `parts` by the stream's index. */
  readonly calls: Map<number, CallDraft>;
  end?: Extract<StreamEvent, { type: 'choice-end' }>;
  logprobs?: Json;
}

/**
 * The whole answer that a stream's events add up to. Undefined when there was no `message-start`, or when the stream
 * reported an error: a broken answer is not a short one.
 */
export function foldStream(events: Iterable<StreamEvent>): InferenceResponse | undefined {
  const choices: OpenChoice[] = [];
  let start: Extract<StreamEvent, { type: 'message-start' }> | undefined;
  let end: Extract<StreamEvent, { type: 'message-end' }> | undefined;
  let usage: Usage | undefined;
  for (const event of events) {
    if ('choice' in event) {
      addToChoice((choices[event.choice] ??= { parts: [], calls: new Map() }), event);
      continue;
    }
    switch (event.type) {
      case 'message-start':
        start ??= event;
        break;
      case 'usage':
        usage = event.usage;
        break;
      case 'message-end':
        end = event;
        break;
      case 'error':
        return undefined;
    }
  }
  if (start === undefined) {
    return undefined;
  }
  return {
    id: start.id,
    model: start.model,
    ...(start.createdAtSeconds === undefined ? {} : { createdAtSeconds: start.createdAtSeconds }),
    choices: Array.from(choices, closeChoice),
    ...(usage === undefined ? {} : { usage }),
    ...(end?.serviceTier === undefined ? {} : { serviceTier: end.serviceTier }),
    ...(end?.systemFingerprint === undefined ? {} : { systemFingerprint: end.systemFingerprint }),
  };
}

type ChoiceEvent = Extract<StreamEvent, { readonly choice: number }>;

function addToChoice(choice: OpenChoice, event: ChoiceEvent): void {
  const { parts } = choice;
  switch (event.type) {
    case 'text-delta':
      openText(parts).text += event.text;
      break;
    case 'refusal-delta':
      openRefusal(parts).text += event.text;
      break;
    case 'reasoning-delta':
      openReasoning(parts, event.issuer).text += event.text;
      break;
    case 'reasoning-signature': {
      const part = openReasoning(parts, event.issuer);
      part.signature = (part.signature ?? '') + event.signature;
      break;
    }
    case 'reasoning-redacted':
      parts.push({ type: 'reasoning', text: '', redacted: event.data, issuer: event.issuer });
      break;
    case 'tool-call-start': {
      const part: CallDraft = { type: 'tool-call', id: event.id, name: event.name, arguments: '', kind: event.kind };
      choice.calls.set(event.index, part);
      parts.push(part);
      break;
    }
    case 'tool-call-delta': {
      const part = choice.calls.get(event.index);
      if (part !== undefined) {
        part.arguments += event.arguments;
      }
      break;
    }
    case 'citation': {
      const part = openText(parts);
      part.citations = [...(part.citations ?? []), event.citation];
      break;
    }
    case 'logprobs':
      choice.logprobs = mergeLogprobs(choice.logprobs, event.logprobs);
      break;
    case 'native':
      parts.push({ type: 'native', protocol: event.protocol, payload: event.payload });
      break;
    case 'choice-end':
      choice.end = event;
      break;
  }
}

/** Text that follows text is one part, however many pieces it came in. */
function openText(parts: PartDraft[]): TextDraft {
  const last = parts.at(-1);
  if (last?.type === 'text') {
    return last;
  }
  const part: TextDraft = { type: 'text', text: '' };
  parts.push(part);
  return part;
}

function openRefusal(parts: PartDraft[]): RefusalDraft {
  const last = parts.at(-1);
  if (last?.type === 'refusal') {
    return last;
  }
  const part: RefusalDraft = { type: 'refusal', text: '' };
  parts.push(part);
  return part;
}

/** The reasoning that is still being told: a signature or redacted data closes a part. */
function openReasoning(parts: PartDraft[], issuer: ProtocolName): ReasoningDraft {
  const last = parts.at(-1);
  if (
    last?.type === 'reasoning' &&
    last.issuer === issuer &&
    last.signature === undefined &&
    last.redacted === undefined
  ) {
    return last;
  }
  const part: ReasoningDraft = { type: 'reasoning', text: '', issuer };
  parts.push(part);
  return part;
}

/** Log probabilities come in lists by kind (`content`, `refusal`), which grow from event to event. */
function mergeLogprobs(before: Json | undefined, more: Json): Json {
  if (!isJsonObject(before) || !isJsonObject(more)) {
    return before === undefined || isJsonObject(more) ? more : before;
  }
  const merged: Record<string, Json | undefined> = { ...before };
  for (const [kind, list] of Object.entries<JsonObject[string]>(more)) {
    const known = merged[kind];
    merged[kind] = Array.isArray(known) && Array.isArray(list) ? [...known, ...list] : (list ?? known);
  }
  return merged;
}

function closeChoice(choice: OpenChoice | undefined): Choice {
  const end = choice?.end;
  return {
    parts: choice?.parts ?? [],
    finishReason: end?.finishReason ?? 'stop',
    nativeFinishReason: end?.nativeFinishReason ?? '',
    ...(end?.stopSequence === undefined ? {} : { stopSequence: end.stopSequence }),
    ...(choice?.logprobs === undefined ? {} : { logprobs: choice.logprobs }),
  };
}
