import type { StreamEvent } from '@turnpike/core/inference/stream';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { BadEvents } from '../../bad-events.ts';
import { malformed } from '../../failures.ts';
import type { SseEvent } from '../../framing/sse.ts';
import { numberOf, objectOf, objectsOf, stringOf, tryParseJson } from '../../loose.ts';
import { cleanNativeReason } from '../../native-reason.ts';
import type { AnswerHints, StreamParser } from '../../protocol.ts';
import { parseCitation } from './citations.ts';
import { parseError } from './error.ts';
import { parseStopReason } from './stop-reason.ts';
import { mergeReports, parseUsage, tellsOutput } from './usage.ts';

interface OpenBlock {
  readonly type: string;
  /** Ours, for a tool call; undefined for the tool that carries a schema's answer. */
  readonly callIndex: number | undefined;
  /** The block as it began. */
  readonly block: JsonObject;
  /** Input that came in pieces. */
  inputJson: string;
  readonly textStart: number;
  readonly citations: JsonObject[];
}

/** Blocks that are told piece by piece. */
const toldTypes: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);

/** This protocol has one alternative. */
const choice = 0;

/** Reads a stream of message events; a whole answer is read as the events that would have told it. */
export class MessagesStreamParser implements StreamParser {
  private readonly hints: AnswerHints;
  private readonly bad = new BadEvents(['content_block', '"delta"', '"text"']);
  private readonly blocks = new Map<number, OpenBlock>();
  private callCount = 0;
  private textLength = 0;
  private report: JsonObject = {};
  private isTerminated = false;
  private hasEnded = false;
  /** The end told the output; what the start says of it is a placeholder. */
  private hasOutputReport = false;
  private serviceTier: string | undefined;

  constructor(hints: AnswerHints) {
    this.hints = hints;
  }

  get isUsageFinal(): boolean {
    return this.hasOutputReport && this.isTerminated && parseUsage(this.report) !== undefined;
  }

  push(event: SseEvent): readonly StreamEvent[] {
    if (this.hasEnded) {
      return [];
    }
    const payload = tryParseJson(event.data);
    if (!isJsonObject(payload)) {
      if (this.bad.maySkip(event.data)) {
        return [];
      }
      this.hasEnded = true;
      return [{ type: 'error', failure: malformed('The provider sent an event that is not JSON.') }];
    }
    const events: StreamEvent[] = [];
    this.read(payload, events);
    return events;
  }

  end(): readonly StreamEvent[] {
    if (this.hasEnded || !this.isTerminated) {
      return [];
    }
    this.hasEnded = true;
    return [{ type: 'message-end', ...(this.serviceTier === undefined ? {} : { serviceTier: this.serviceTier }) }];
  }

  /** Reads a whole message. */
  readMessage(message: JsonObject): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    this.readStart(message, events);
    for (const [index, block] of objectsOf(message['content']).entries()) {
      this.startBlock(index, block, events);
      this.stopBlock(index, events);
    }
    this.readDelta({ delta: message, usage: undefined }, events);
    this.isTerminated = true;
    events.push(...this.end());
    return events;
  }

  private read(payload: JsonObject, events: StreamEvent[]): void {
    const index = numberOf(payload['index']) ?? 0;
    switch (stringOf(payload['type']) ?? '') {
      case 'message_start':
        this.readStart(objectOf(payload['message']), events);
        break;
      case 'content_block_start':
        this.startBlock(index, objectOf(payload['content_block']), events);
        break;
      case 'content_block_delta':
        this.readBlockDelta(index, objectOf(payload['delta']), events);
        break;
      case 'content_block_stop':
        this.stopBlock(index, events);
        break;
      case 'message_delta':
        this.readDelta(payload, events);
        break;
      case 'message_stop':
        this.isTerminated = true;
        events.push(...this.end());
        break;
      case 'error':
        this.hasEnded = true;
        events.push({ type: 'error', failure: parseError({ status: 200, headers: {}, body: payload, text: '' }) });
        break;
      default:
        // Pings, and events that are newer than we are.
        break;
    }
  }

  private readStart(message: JsonObject, events: StreamEvent[]): void {
    events.push({ type: 'message-start', id: stringOf(message['id']) ?? '', model: stringOf(message['model']) ?? '' });
    this.addReport(message['usage'], events);
  }

  private addReport(usage: Json | undefined, events: StreamEvent[]): void {
    if (!isJsonObject(usage)) {
      return;
    }
    this.report = mergeReports(this.report, usage);
    this.serviceTier = stringOf(usage['service_tier']) ?? this.serviceTier;
    const parsed = parseUsage(this.report);
    if (parsed !== undefined) {
      events.push({ type: 'usage', usage: parsed });
    }
  }

  private startBlock(index: number, block: JsonObject, events: StreamEvent[]): void {
    const type = stringOf(block['type']) ?? '';
    const isJsonTool = type === 'tool_use' && block['name'] === this.hints.jsonToolName;
    const isCall = type === 'tool_use' && !isJsonTool;
    this.blocks.set(index, {
      type,
      callIndex: isCall ? this.callCount : undefined,
      block,
      inputJson: '',
      textStart: this.textLength,
      citations: [...objectsOf(block['citations'])],
    });
    switch (type) {
      case 'text':
        this.addText(stringOf(block['text']), events);
        break;
      case 'thinking':
        this.addThinking(stringOf(block['thinking']), events);
        this.addSignature(stringOf(block['signature']), events);
        break;
      case 'redacted_thinking':
        events.push({
          type: 'reasoning-redacted',
          choice,
          data: stringOf(block['data']) ?? '',
          issuer: 'anthropic-messages',
        });
        break;
      case 'tool_use':
        if (isCall) {
          const id = stringOf(block['id']) || `toolu_${this.callCount}`;
          const name = stringOf(block['name']) ?? '';
          events.push({ type: 'tool-call-start', choice, index: this.callCount++, id, name, kind: 'function' });
        }
        break;
      default:
        // What only this protocol knows is told whole, when it ends.
        break;
    }
  }

  private readBlockDelta(index: number, delta: JsonObject, events: StreamEvent[]): void {
    const block = this.blocks.get(index);
    switch (stringOf(delta['type']) ?? '') {
      case 'text_delta':
        this.addText(stringOf(delta['text']), events);
        break;
      case 'thinking_delta':
        this.addThinking(stringOf(delta['thinking']), events);
        break;
      case 'signature_delta':
        this.addSignature(stringOf(delta['signature']), events);
        break;
      case 'input_json_delta':
        if (block !== undefined) {
          this.addInput(block, stringOf(delta['partial_json']) ?? '', events);
        }
        break;
      case 'citations_delta':
        if (isJsonObject(delta['citation'])) {
          block?.citations.push(delta['citation']);
        }
        break;
      default:
        break;
    }
  }

  private addText(text: string | undefined, events: StreamEvent[]): void {
    if (text !== undefined && text !== '') {
      this.textLength += text.length;
      events.push({ type: 'text-delta', choice, text });
    }
  }

  private addThinking(text: string | undefined, events: StreamEvent[]): void {
    if (text !== undefined && text !== '') {
      events.push({ type: 'reasoning-delta', choice, text, issuer: 'anthropic-messages' });
    }
  }

  private addSignature(signature: string | undefined, events: StreamEvent[]): void {
    if (signature !== undefined && signature !== '') {
      events.push({ type: 'reasoning-signature', choice, signature, issuer: 'anthropic-messages' });
    }
  }

  private addInput(block: OpenBlock, json: string, events: StreamEvent[]): void {
    block.inputJson += json;
    if (json === '' || block.type !== 'tool_use') {
      return;
    }
    if (block.callIndex === undefined) {
      this.addText(json, events);
    } else {
      events.push({ type: 'tool-call-delta', choice, index: block.callIndex, arguments: json });
    }
  }

  private stopBlock(index: number, events: StreamEvent[]): void {
    const block = this.blocks.get(index);
    if (block === undefined) {
      return;
    }
    this.blocks.delete(index);
    if (block.type === 'tool_use' && block.inputJson === '') {
      // A call without arguments still has an empty object of them; one that came whole has it in the block.
      const input = block.block['input'];
      this.addInput(block, typeof input === 'string' ? input : JSON.stringify(input ?? {}), events);
    } else if (!toldTypes.has(block.type)) {
      const input = block.inputJson === '' ? undefined : tryParseJson(block.inputJson);
      const payload = input === undefined ? block.block : { ...block.block, input };
      events.push({ type: 'native', choice, protocol: 'anthropic-messages', payload });
    }
    for (const citation of block.citations) {
      events.push({ type: 'citation', choice, citation: parseCitation(citation, block.textStart, this.textLength) });
    }
  }

  private readDelta(payload: JsonObject, events: StreamEvent[]): void {
    const delta = objectOf(payload['delta']);
    const native = stringOf(delta['stop_reason']);
    if (native !== undefined && !this.isTerminated) {
      this.isTerminated = true;
      const stopSequence = stringOf(delta['stop_sequence']);
      const finishReason = parseStopReason(native);
      events.push({
        type: 'choice-end',
        choice,
        // A forced tool that carries a schema's answer is no call that the client could make.
        finishReason: finishReason === 'tool_calls' && this.callCount === 0 ? 'stop' : finishReason,
        nativeFinishReason: cleanNativeReason(native) ?? '',
        ...(stopSequence === undefined ? {} : { stopSequence }),
      });
    }
    this.addReport(payload['usage'], events);
    this.hasOutputReport ||= tellsOutput(payload['usage']);
  }
}
