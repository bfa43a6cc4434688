import type { GatewayError } from '@turnpike/core/errors';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { FinishReason } from '@turnpike/core/inference/stream';
import type { Usage } from '@turnpike/core/inference/usage';

import { BadEvents } from '../../bad-events.ts';
import { malformed } from '../../failures.ts';
import {
  concatBytes,
  decodeText,
  encodeJson,
  encodeText,
  isSameRange,
  startsWithAscii,
  type ByteJoiner,
} from '../../framing/bytes.ts';
import type { SseFrame } from '../../framing/frames.ts';
import { JsonPeek, peekedArray, peekedObject, peekedScalar, peekedString } from '../../framing/peek.ts';
import { applySplices, type Splice } from '../../framing/splice.ts';
import type { SettledUsage } from '../../lane.ts';
import { stringOf, tryParseJson } from '../../loose.ts';
import { cleanNativeReason } from '../../native-reason.ts';
import type { AnswerReading, RelayTap, RelayTapOptions } from '../../protocol.ts';

import { addFrame } from '../../relay/add-frame.ts';
import { spliceCost } from '../../relay/usage-splice.ts';
import { parseError } from './error.ts';
import { parseFinishReason } from './finish-reason.ts';
import { renderErrorChunk, renderUsageChunk, streamEnd } from './stream-frames.ts';
import { parseUsage } from './usage.ts';

/** A member of a choice stands in the chunk, in its array and in the choice. */
const choiceDepth = 3;
const noSplices: readonly Splice[] = [];
const dataPrefix = encodeText('data: ');
const eventEnd = encodeText('\n\n');
const nullBytes = encodeText('null');
const doneBytes = encodeText(streamEnd);

/** The members that a tap looks for; the order gives the numbers below. */
const watched = [
  'model',
  'usage',
  'error',
  'finish_reason',
  'content',
  'reasoning',
  'reasoning_content',
  'refusal',
  'arguments',
  'input',
  'text',
  'thinking',
  'tool_calls',
  'function_call',
  'audio',
  'reasoning_details',
  'id',
  'choices',
] as const;

/**
 * Watches a stream of chat completion chunks that is passed on. Plain chunks are only peeked at; those with usage or
 * an error are parsed. What changes: the model's name, the last usage (held back for `renderEnd`, never on the chunk
 * with the finish reason), and what is no event at all (comments, ids, empty data).
 */
export class ChatRelayTap implements RelayTap {
  hasContent = false;
  isTerminated = false;
  isDone = false;
  failure: UpstreamFailure | undefined;
  private readonly options: RelayTapOptions;
  private readonly peek = new JsonPeek(watched);
  private readonly model: Uint8Array;
  private readonly bad = new BadEvents(['"choices"', '"delta"', '"content"']);
  private id: string | undefined;
  private usage: Usage | undefined;
  private finishReason: FinishReason | undefined;
  private nativeFinishReason: string | undefined;
  /** The last report came when the answer had ended, or with its end. */
  private isUsageTerminal = false;
  private finishedChoices = 0;
  private outputBytes = 0;
  /** The provider's last usage object, and the chunk that carried nothing else. */
  private usageBytes: Uint8Array | undefined;
  private usageFrame: { readonly before: Uint8Array; readonly after: Uint8Array } | undefined;

  constructor(options: RelayTapOptions) {
    this.options = options;
    this.model = encodeJson(options.model);
  }

  get reading(): AnswerReading {
    return {
      usage: this.usage,
      isUsageFinal: this.usage !== undefined && (this.isUsageTerminal || this.isDone),
      finishReason: this.finishReason,
      nativeFinishReason: this.nativeFinishReason,
      outputBytes: this.outputBytes,
    };
  }

  read(frame: SseFrame, out: ByteJoiner): void {
    const { dataSource: bytes, dataStart: start, dataEnd: end } = frame;
    if (start === end || this.failure !== undefined || this.isDone) {
      return;
    }
    if (startsWithAscii(bytes, start, '[DONE]')) {
      this.isTerminated = true;
      this.isDone = true;
      return;
    }
    if (!this.peek.read(bytes, start, end)) {
      if (!this.bad.maySkip(decodeText(bytes, start, end))) {
        this.failure = malformed('The provider sent an event that is not JSON.');
      }
      return;
    }
    this.readChunk(frame, out);
  }

  renderEnd(settled: SettledUsage): Uint8Array {
    if (!this.options.sendsUsage) {
      return doneBytes;
    }
    // A report that we did not believe is not passed on either.
    const isReported = settled.source === 'reported' && this.usage !== undefined && this.usageBytes !== undefined;
    if (!isReported || this.usageBytes === undefined) {
      return concatBytes([encodeText(renderUsageChunk(this.identity(), settled)), doneBytes]);
    }
    const usage = spliceCost(this.usageBytes, settled);
    const frame = this.usageFrame;
    return frame === undefined
      ? concatBytes([encodeText(renderUsageChunk(this.identity(), settled, decodeText(usage))), doneBytes])
      : concatBytes([frame.before, usage, frame.after, doneBytes]);
  }

  renderError(error: GatewayError, requestId: string, settled: SettledUsage | undefined): Uint8Array {
    return encodeText(renderErrorChunk(this.identity(), error, requestId, settled) + streamEnd);
  }

  private readChunk(frame: SseFrame, out: ByteJoiner): void {
    const { peek } = this;
    const { dataSource: bytes } = frame;
    let modelEntry = -1;
    let usageEntry = -1;
    let nestedUsage = -1;
    let text = 0;
    let reasoning = 0;
    let otherReasoning = 0;
    let detailsStart = -1;
    let detailsEnd = -1;
    let hasTool = false;
    let hasFinish = false;
    let choicesEntry = -1;
    for (let entry = 0; entry < peek.count; entry++) {
      const kind = peek.kindAt(entry);
      const isTop = peek.depthAt(entry) === 1;
      switch (watched[peek.nameAt(entry)]) {
        case 'model':
          modelEntry = isTop && kind === peekedString ? entry : modelEntry;
          break;
        case 'usage':
          if (kind === peekedObject) {
            usageEntry = isTop ? entry : usageEntry;
            // Some providers report in a member of their own or inside of the choice.
            nestedUsage = !isTop && peek.depthAt(entry) <= choiceDepth ? entry : nestedUsage;
          }
          break;
        case 'error':
          if (isTop && !(kind === peekedScalar && startsWithAscii(bytes, peek.startAt(entry), 'null'))) {
            this.failure = parseError({
              status: 200,
              headers: {},
              body: tryParseJson(decodeText(bytes, frame.dataStart, frame.dataEnd)),
              text: '',
            });
            return;
          }
          break;
        case 'finish_reason':
          if (kind === peekedString && peek.depthAt(entry) === choiceDepth) {
            hasFinish = true;
            this.finish(stringOf(tryParseJson(decodeText(bytes, peek.startAt(entry), peek.endAt(entry)))) ?? '');
          }
          break;
        case 'reasoning':
          reasoning += peek.textLengthAt(entry);
          break;
        case 'reasoning_content':
          otherReasoning += peek.textLengthAt(entry);
          break;
        case 'reasoning_details':
          detailsStart = peek.startAt(entry);
          detailsEnd = peek.endAt(entry);
          break;
        case 'text':
          // Details repeat what `reasoning` says; they count only where they stand alone.
          if (peek.startAt(entry) > detailsStart && peek.startAt(entry) < detailsEnd) {
            otherReasoning += peek.textLengthAt(entry);
          } else {
            text += peek.textLengthAt(entry);
          }
          break;
        case 'content':
        case 'refusal':
        case 'arguments':
        case 'input':
        case 'thinking':
          text += peek.textLengthAt(entry);
          break;
        case 'tool_calls':
          hasTool ||= kind === peekedArray && peek.endAt(entry) - peek.startAt(entry) > 2;
          break;
        case 'function_call':
        case 'audio':
          hasTool ||= kind === peekedObject;
          break;
        case 'id':
          if (this.id === undefined && isTop && kind === peekedString) {
            this.id = decodeText(bytes, peek.startAt(entry) + 1, peek.endAt(entry) - 1);
          }
          break;
        case 'choices':
          choicesEntry = isTop && kind === peekedArray ? entry : choicesEntry;
          break;
        case undefined:
          break;
      }
    }
    text += Math.max(reasoning, otherReasoning);
    this.outputBytes += text;
    const isContent = text > 0 || hasTool;
    this.hasContent ||= isContent;
    // A report that stands alone ends the answer: totals so far come with the content that they count.
    this.isTerminated ||=
      usageEntry !== -1 && !isContent && (choicesEntry === -1 || isEmptyArray(bytes, peek.startAt(choicesEntry)));
    if (nestedUsage !== -1 && usageEntry === -1) {
      this.readUsage(bytes, nestedUsage);
    }
    if (usageEntry === -1) {
      addFrame(out, frame, this.modelSplice(bytes, modelEntry));
      return;
    }
    this.readUsage(bytes, usageEntry);
    if (isContent) {
      // Totals so far on a chunk of content: the provider repeats them, and the last ones are what counts.
      addFrame(out, frame, this.modelSplice(bytes, modelEntry));
      return;
    }
    this.holdUsage(frame, modelEntry, usageEntry, hasFinish, out);
  }

  private readUsage(bytes: Uint8Array, entry: number): void {
    const usage = parseUsage(tryParseJson(decodeText(bytes, this.peek.startAt(entry), this.peek.endAt(entry))));
    if (usage !== undefined) {
      this.usage = usage;
      this.isUsageTerminal = this.isTerminated;
    }
  }

  /** Keeps the usage for the end. On a chunk that says more, `null` takes its place and the chunk goes on. */
  private holdUsage(
    frame: SseFrame,
    modelEntry: number,
    usageEntry: number,
    hasFinish: boolean,
    out: ByteJoiner,
  ): void {
    const { peek } = this;
    const start = peek.startAt(usageEntry);
    const end = peek.endAt(usageEntry);
    this.usageBytes = frame.dataSource.slice(start, end);
    const model = this.modelSplice(frame.dataSource, modelEntry);
    if (hasFinish || !this.isTerminated) {
      const nothing: Splice = { start, end, insert: nullBytes };
      addFrame(
        out,
        frame,
        [...model, nothing].sort((left, right) => left.start - right.start),
      );
      this.usageFrame = undefined;
      return;
    }
    const data = frame.dataSource;
    const before = data.slice(frame.dataStart, start);
    const after = data.slice(end, frame.dataEnd);
    const isModelBefore = model.every((splice) => splice.start < start);
    const shift = (offset: number, splices: readonly Splice[]): Splice[] =>
      splices.map((splice) => ({ start: splice.start - offset, end: splice.end - offset, insert: splice.insert }));
    this.usageFrame = {
      before: concatBytes([dataPrefix, isModelBefore ? applySplices(before, shift(frame.dataStart, model)) : before]),
      after: concatBytes([isModelBefore ? after : applySplices(after, shift(end, model)), eventEnd]),
    };
  }

  private modelSplice(bytes: Uint8Array, entry: number): readonly Splice[] {
    if (entry === -1) {
      return noSplices;
    }
    const start = this.peek.startAt(entry);
    const end = this.peek.endAt(entry);
    return isSameRange(bytes, start, end, this.model) ? noSplices : [{ start, end, insert: this.model }];
  }

  private finish(native: string): void {
    this.finishedChoices++;
    this.finishReason = parseFinishReason(native);
    this.nativeFinishReason = cleanNativeReason(native);
    this.isTerminated ||= this.finishedChoices >= this.options.choiceCount;
  }

  private identity(): { readonly id: string; readonly model: string; readonly createdAtSeconds: number } {
    return {
      id: this.id ?? this.options.fallbackId,
      model: this.options.model,
      createdAtSeconds: this.options.nowSeconds,
    };
  }
}

function isEmptyArray(bytes: Uint8Array, start: number): boolean {
  let at = start + 1;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) {
    at++;
  }
  return bytes[at] === 0x5d;
}
