import type { GatewayError } from '@turnpike/core/errors';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { FinishReason } from '@turnpike/core/inference/stream';
import type { Usage } from '@turnpike/core/inference/usage';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import { BadEvents } from '../../bad-events.ts';
import { malformed } from '../../failures.ts';
import { ByteJoiner, concatBytes, decodeText, encodeJson, encodeText, startsWithAscii } from '../../framing/bytes.ts';
import type { SseFrame } from '../../framing/frames.ts';
import { JsonPeek, peekedString } from '../../framing/peek.ts';
import { scanObject } from '../../framing/scan.ts';
import { editMembers } from '../../framing/splice.ts';
import type { SettledUsage } from '../../lane.ts';
import { objectOf, stringOf, tryParseJson } from '../../loose.ts';
import { cleanNativeReason } from '../../native-reason.ts';
import type { AnswerReading, RelayTap, RelayTapOptions } from '../../protocol.ts';
import { addFrame } from '../../relay/add-frame.ts';
import { spliceCost } from '../../relay/usage-splice.ts';
import { parseError } from './error.ts';
import { parseStopReason } from './stop-reason.ts';
import { renderErrorEvent, renderEvent, streamEnd } from './stream-frames.ts';
import { mergeReports, parseUsage, renderUsage, tellsOutput } from './usage.ts';

/** The members that a tap looks for; the order gives their numbers. */
const watched = ['type', 'text', 'thinking', 'partial_json', 'model'] as const;

const deltaType = 'content_block_delta';
const textBlockTypes: ReadonlySet<string> = new Set(['text', 'thinking']);

/**
 * Watches a stream of message events that is passed on. Deltas are only peeked at; the few other events are parsed.
 * What changes: the model's name in `message_start`, and the end (`message_delta` with the usage, `message_stop`),
 * which is held back for `renderEnd`.
 */
export class MessagesRelayTap implements RelayTap {
  hasContent = false;
  isTerminated = false;
  isDone = false;
  failure: UpstreamFailure | undefined;
  private readonly model: Uint8Array;
  private readonly peek = new JsonPeek(watched);
  private readonly bad = new BadEvents(['content_block', '"delta"', '"text"']);
  private report: JsonObject = {};
  private usage: Usage | undefined;
  private finishReason: FinishReason | undefined;
  private nativeFinishReason: string | undefined;
  /** The end told the output; what the start says of it is a placeholder. */
  private hasOutputReport = false;
  private outputBytes = 0;
  /** The bytes of `message_delta` and `message_stop`, as they came. */
  private heldDelta: Uint8Array | undefined;
  private heldStop: Uint8Array | undefined;

  constructor(options: RelayTapOptions) {
    this.model = encodeJson(options.model);
  }

  get reading(): AnswerReading {
    return {
      usage: this.usage,
      isUsageFinal: this.usage !== undefined && this.hasOutputReport && this.isTerminated,
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
    if (!this.peek.read(bytes, start, end)) {
      if (!this.bad.maySkip(decodeText(bytes, start, end))) {
        this.failure = malformed('The provider sent an event that is not JSON.');
      }
      return;
    }
    switch (this.topType(bytes)) {
      case deltaType:
        this.addTexts();
        addFrame(out, frame, []);
        break;
      case 'content_block_start':
        this.addTexts();
        this.hasContent ||= this.startsOtherBlock(bytes);
        addFrame(out, frame, []);
        break;
      case 'message_start':
        this.readStart(frame, out);
        break;
      case 'message_delta':
        this.releaseDelta(out);
        this.readDelta(frame);
        break;
      case 'message_stop':
        this.isTerminated = true;
        this.isDone = true;
        this.heldStop = ownBytes(frame);
        break;
      case 'error':
        this.failure = parseError({ status: 200, headers: {}, body: parseFrame(frame), text: '' });
        break;
      default:
        addFrame(out, frame, []);
    }
  }

  renderEnd(settled: SettledUsage): Uint8Array {
    const end = this.heldStop ?? encodeText(streamEnd);
    if (this.heldDelta === undefined) {
      const delta = { stop_reason: 'end_turn', stop_sequence: null };
      return concatBytes([encodeText(renderEvent('message_delta', { delta, usage: renderUsage(settled) })), end]);
    }
    const isBelieved = settled.source === 'reported' && this.usage !== undefined;
    return concatBytes([settleDelta(this.heldDelta, settled, isBelieved), end]);
  }

  renderError(error: GatewayError, requestId: string): Uint8Array {
    return encodeText(renderErrorEvent(error, requestId));
  }

  private topType(bytes: Uint8Array): string {
    for (let entry = 0; entry < this.peek.count; entry++) {
      if (this.peek.nameAt(entry) === 0 && this.peek.depthAt(entry) === 1 && this.peek.kindAt(entry) === peekedString) {
        const start = this.peek.startAt(entry) + 1;
        const end = this.peek.endAt(entry) - 1;
        // Nearly all events are of this one type: it is worth not decoding it.
        return end - start === deltaType.length && startsWithAscii(bytes, start, deltaType)
          ? deltaType
          : decodeText(bytes, start, end);
      }
    }
    return '';
  }

  /** Counts the text, thinking and arguments of an event. */
  private addTexts(): void {
    const { peek } = this;
    for (let entry = 0; entry < peek.count; entry++) {
      const name = watched[peek.nameAt(entry)];
      if (name === 'text' || name === 'thinking' || name === 'partial_json') {
        this.outputBytes += peek.textLengthAt(entry);
        this.hasContent ||= peek.textLengthAt(entry) > 0;
      }
    }
  }

  /** A tool call, or what a tool of the provider's found: content from its first event on. */
  private startsOtherBlock(bytes: Uint8Array): boolean {
    const { peek } = this;
    for (let entry = 0; entry < peek.count; entry++) {
      if (peek.nameAt(entry) === 0 && peek.depthAt(entry) === 2 && peek.kindAt(entry) === peekedString) {
        return !textBlockTypes.has(decodeText(bytes, peek.startAt(entry) + 1, peek.endAt(entry) - 1));
      }
    }
    return false;
  }

  private readStart(frame: SseFrame, out: ByteJoiner): void {
    const { peek } = this;
    this.addReport(objectOf(objectOf(parseFrame(frame))['message'])['usage']);
    for (let entry = 0; entry < peek.count; entry++) {
      if (watched[peek.nameAt(entry)] === 'model' && peek.depthAt(entry) === 2 && peek.kindAt(entry) === peekedString) {
        addFrame(out, frame, [{ start: peek.startAt(entry), end: peek.endAt(entry), insert: this.model }]);
        return;
      }
    }
    addFrame(out, frame, []);
  }

  private readDelta(frame: SseFrame): void {
    const event = objectOf(parseFrame(frame));
    this.addReport(event['usage']);
    this.hasOutputReport ||= tellsOutput(event['usage']);
    const native = stringOf(objectOf(event['delta'])['stop_reason']);
    if (native !== undefined) {
      this.isTerminated = true;
      this.nativeFinishReason = cleanNativeReason(native);
      this.finishReason = parseStopReason(native);
    }
    this.heldDelta = ownBytes(frame);
  }

  private addReport(usage: JsonObject[string]): void {
    this.report = mergeReports(this.report, usage);
    this.usage = parseUsage(this.report);
  }

  /** Only the last one is the end; one that is followed by another goes on its way. */
  private releaseDelta(out: ByteJoiner): void {
    if (this.heldDelta !== undefined) {
      out.add(this.heldDelta);
      this.heldDelta = undefined;
    }
  }
}

function parseFrame(frame: SseFrame): JsonObject | undefined {
  const value = tryParseJson(decodeText(frame.dataSource, frame.dataStart, frame.dataEnd));
  return isJsonObject(value) ? value : undefined;
}

/** A copy of an event, because the chunk that it lies in is not ours to keep. */
function ownBytes(frame: SseFrame): Uint8Array {
  const own = new ByteJoiner();
  addFrame(own, frame, []);
  return own.take()?.slice() ?? new Uint8Array(0);
}

/** The held event with the settled usage: cost added to the provider's object, or ours in place of it. */
function settleDelta(event: Uint8Array, settled: SettledUsage, isBelieved: boolean): Uint8Array {
  const start = event.indexOf(0x7b);
  const layout = start === -1 ? undefined : scanObject(event, start);
  if (layout === undefined) {
    return event;
  }
  const member = layout.members.findLast((candidate) => candidate.name === 'usage');
  const reported = member === undefined ? undefined : event.subarray(member.valueStart, member.valueEnd);
  const usage =
    isBelieved && reported !== undefined && reported[0] === 0x7b
      ? spliceCost(reported, settled)
      : encodeJson(renderUsage(settled));
  return editMembers(event, layout, new Map([['usage', usage]]));
}
