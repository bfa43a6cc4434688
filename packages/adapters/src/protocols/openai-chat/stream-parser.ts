import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { StreamEvent } from '@turnpike/core/inference/stream';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { BadEvents } from '../../bad-events.ts';
import { malformed } from '../../failures.ts';
import type { SseEvent } from '../../framing/sse.ts';
import { arrayOf, numberOf, objectOf, objectsOf, stringOf, tryParseJson } from '../../loose.ts';
import { cleanNativeReason } from '../../native-reason.ts';
import type { StreamParser } from '../../protocol.ts';
import { readAnnotations } from './annotations.ts';
import { parseError } from './error.ts';
import { parseFinishReason } from './finish-reason.ts';
import { looseDetail, readDetail } from './reasoning.ts';
import { ToolCallIndexes } from './tool-call-indexes.ts';
import { parseUsage } from './usage.ts';

interface ChoiceState {
  readonly calls: ToolCallIndexes;
  hasEnded: boolean;
}

/** Reads a stream of chat completion chunks; a whole answer is one chunk whose choices hold messages. */
export class ChatStreamParser implements StreamParser {
  private readonly bad = new BadEvents(['"choices"', '"delta"', '"content"']);
  private readonly choices = new Map<number, ChoiceState>();
  private id: string | undefined;
  private isTerminated = false;
  private hasEnded = false;
  private hasUsage = false;
  private isUsageTerminal = false;
  private serviceTier: string | undefined;
  private systemFingerprint: string | undefined;

  get isUsageFinal(): boolean {
    // After a failure nothing is final, whatever was told before.
    return this.hasUsage && (this.isUsageTerminal || (this.hasEnded && this.isTerminated));
  }

  push(event: SseEvent): readonly StreamEvent[] {
    if (this.hasEnded) {
      return [];
    }
    if (event.data.startsWith('[DONE]')) {
      this.isTerminated = true;
      return this.end();
    }
    const chunk = tryParseJson(event.data);
    if (!isJsonObject(chunk)) {
      return this.bad.maySkip(event.data) ? [] : [this.fail(malformed('The provider sent an event that is not JSON.'))];
    }
    return this.readChunk(chunk, 'delta');
  }

  end(): readonly StreamEvent[] {
    if (this.hasEnded || !this.isTerminated) {
      return [];
    }
    this.hasEnded = true;
    return [
      {
        type: 'message-end',
        ...(this.serviceTier === undefined ? {} : { serviceTier: this.serviceTier }),
        ...(this.systemFingerprint === undefined ? {} : { systemFingerprint: this.systemFingerprint }),
      },
    ];
  }

  /** Ends a whole answer, which needs no terminal signal: choices that state no reason end without one. */
  private finish(): readonly StreamEvent[] {
    this.isTerminated = true;
    const events: StreamEvent[] = [];
    for (const [index, state] of this.choices) {
      if (!state.hasEnded && !this.hasEnded) {
        events.push(...state.calls.flush().map((event) => ({ ...event, choice: index })));
      }
    }
    return [...events, ...this.end()];
  }

  /** Reads a whole answer, as one chunk. */
  readWhole(body: JsonObject): readonly StreamEvent[] {
    return [...this.readChunk(body, 'message'), ...this.finish()];
  }

  private readChunk(chunk: JsonObject, content: 'delta' | 'message'): readonly StreamEvent[] {
    if (chunk['error'] !== undefined && chunk['error'] !== null) {
      return [this.fail(parseError({ status: 200, headers: {}, body: chunk, text: '' }))];
    }
    const events: StreamEvent[] = [];
    const choices = objectsOf(chunk['choices']);
    const id = stringOf(chunk['id']) ?? '';
    if (this.id === undefined && (id !== '' || choices.length > 0)) {
      this.id = id;
      const createdAtSeconds = numberOf(chunk['created']);
      events.push({
        type: 'message-start',
        id,
        model: stringOf(chunk['model']) ?? '',
        ...(createdAtSeconds === undefined ? {} : { createdAtSeconds }),
      });
    }
    this.serviceTier = stringOf(chunk['service_tier']) ?? this.serviceTier;
    this.systemFingerprint = stringOf(chunk['system_fingerprint']) ?? this.systemFingerprint;
    for (const [position, choice] of choices.slice(0, maxChoices).entries()) {
      // Some providers put a message where a delta belongs, or send both; each has its place.
      const delta = objectOf(choice[content] ?? choice['message'] ?? choice['delta']);
      this.readChoice(choice, delta, choiceIndex(choice['index']) ?? position, events);
    }
    const usage = parseUsage(findUsage(chunk, choices));
    if (usage !== undefined) {
      events.push({ type: 'usage', usage });
      this.isTerminated ||= choices.length === 0;
      this.hasUsage = true;
      this.isUsageTerminal = this.isTerminated;
    }
    return events;
  }

  private readChoice(choice: JsonObject, delta: JsonObject, index: number, events: StreamEvent[]): void {
    const known = this.choices.get(index);
    const state = known ?? { calls: new ToolCallIndexes(this.id ?? ''), hasEnded: false };
    if (known === undefined) {
      this.choices.set(index, state);
    }
    readReasoning(delta, index, events);
    readContent(delta['content'], index, events);
    const refusal = stringOf(delta['refusal']) ?? '';
    if (refusal !== '') {
      events.push({ type: 'refusal-delta', choice: index, text: refusal });
    }
    for (const citation of readAnnotations(delta['annotations'])) {
      events.push({ type: 'citation', choice: index, citation });
    }
    for (const event of state.calls.read(delta)) {
      events.push({ ...event, choice: index });
    }
    if (isJsonObject(delta['audio'])) {
      events.push({ type: 'native', choice: index, protocol: 'openai-chat', payload: { audio: delta['audio'] } });
    }
    if (choice['logprobs'] !== undefined && choice['logprobs'] !== null) {
      events.push({ type: 'logprobs', choice: index, logprobs: choice['logprobs'] });
    }
    const native = stringOf(choice['finish_reason']);
    if (native !== undefined && !state.hasEnded) {
      this.endChoice(state, native, index, events);
    }
  }

  private endChoice(state: ChoiceState, native: string, index: number, events: StreamEvent[]): void {
    state.hasEnded = true;
    for (const event of state.calls.flush()) {
      events.push({ ...event, choice: index });
    }
    const finishReason = parseFinishReason(native);
    events.push({
      type: 'choice-end',
      choice: index,
      // A forced tool ends with `stop` at some providers; what matters to a client is that there is a call to make.
      finishReason: finishReason === 'stop' && state.calls.count > 0 ? 'tool_calls' : finishReason,
      nativeFinishReason: cleanNativeReason(native) ?? '',
    });
    this.isTerminated ||= [...this.choices.values()].every((choice) => choice.hasEnded);
  }

  private fail(failure: UpstreamFailure): StreamEvent {
    this.hasEnded = true;
    return { type: 'error', failure };
  }
}

/** More alternatives than any vendor offers; a larger index is a mistake, and must not size anything of ours. */
const maxChoices = 128;

function choiceIndex(value: Json | undefined): number | undefined {
  const index = numberOf(value);
  return index !== undefined && Number.isInteger(index) && index >= 0 && index < maxChoices ? index : undefined;
}

function readReasoning(delta: JsonObject, choice: number, events: StreamEvent[]): void {
  const pieces = objectsOf(delta['reasoning_details']).flatMap((detail) => readDetail(looseDetail(detail)));
  for (const { kind, value, issuer } of pieces) {
    switch (kind) {
      case 'text':
        events.push({ type: 'reasoning-delta', choice, text: value, issuer });
        break;
      case 'signature':
        events.push({ type: 'reasoning-signature', choice, signature: value, issuer });
        break;
      case 'encrypted':
        events.push({ type: 'reasoning-redacted', choice, data: value, issuer });
        break;
    }
  }
  const plain = stringOf(delta['reasoning_content']) || stringOf(delta['reasoning']) || '';
  if (plain !== '' && !pieces.some((piece) => piece.kind === 'text')) {
    events.push({ type: 'reasoning-delta', choice, text: plain, issuer: 'openai-chat' });
  }
}

function readContent(content: Json | undefined, choice: number, events: StreamEvent[]): void {
  if (typeof content === 'string') {
    if (content !== '') {
      events.push({ type: 'text-delta', choice, text: content });
    }
    return;
  }
  for (const part of objectsOf(content)) {
    const text = stringOf(part['text']) ?? '';
    if (part['type'] === 'thinking') {
      const thinking = arrayOf(part['thinking']).map((piece) => stringOf(objectOf(piece)['text']) ?? '');
      const joined = stringOf(part['thinking']) ?? thinking.join('');
      if (joined !== '') {
        events.push({ type: 'reasoning-delta', choice, text: joined, issuer: 'openai-chat' });
      }
    } else if (text !== '') {
      events.push({ type: 'text-delta', choice, text });
    }
  }
}

/** Usage stands at the top, in a member of the vendor's own beside the choices, or inside of a choice. */
function findUsage(chunk: JsonObject, choices: readonly JsonObject[]): Json | undefined {
  if (isJsonObject(chunk['usage'])) {
    return chunk['usage'];
  }
  for (const value of Object.values(chunk)) {
    if (isJsonObject(value) && isJsonObject(value['usage'])) {
      return value['usage'];
    }
  }
  return choices.find((choice) => isJsonObject(choice['usage']))?.['usage'];
}
