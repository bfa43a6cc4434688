import type { GatewayError } from '@turnpike/core/errors';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { FinishReason, StreamEvent } from '@turnpike/core/inference/stream';
import type { Usage } from '@turnpike/core/inference/usage';
import { unfoldResponse } from '@turnpike/core/inference/unfold-response';

import { cutStream, malformed } from '../failures.ts';
import { encodeText, utf8Length } from '../framing/bytes.ts';
import { createSseDecoder, type SseEvent } from '../framing/sse.ts';
import type { AnswerFacts, AnswerStream, SettledUsage } from '../lane.ts';
import {
  isFailure,
  type AnswerHints,
  type ChatProtocol,
  type StreamParser,
  type StreamRenderer,
  type StreamRenderOptions,
} from '../protocol.ts';
import { WholeBody } from '../whole-body.ts';

export interface TranslateOptions extends StreamRenderOptions {
  readonly hints: AnswerHints;
  /** The model may think, and the client does not want to see it. */
  readonly hidesReasoning: boolean;
  readonly correct: (failure: UpstreamFailure) => UpstreamFailure;
}

const reasoningEvents: ReadonlySet<StreamEvent['type']> = new Set([
  'reasoning-delta',
  'reasoning-signature',
  'reasoning-redacted',
]);

/** A provider's stream in one protocol, told to a client in another, event by event. */
export class TranslateStream implements AnswerStream {
  readonly keepAlive: Uint8Array;
  hasContent = false;
  failure: UpstreamFailure | undefined;
  private readonly options: TranslateOptions;
  private readonly target: ChatProtocol;
  private readonly decoder = createSseDecoder();
  private readonly parser: StreamParser;
  private readonly renderer: StreamRenderer;
  private readonly body = new WholeBody();
  private isComplete = false;
  /** The provider answered a stream request with one whole answer. */
  private isWhole = false;
  private usage: Usage | undefined;
  private finishReason: FinishReason | undefined;
  private nativeFinishReason: string | undefined;
  private outputBytes = 0;

  constructor(client: ChatProtocol, target: ChatProtocol, options: TranslateOptions) {
    this.options = options;
    this.target = target;
    this.keepAlive = client.keepAlive;
    this.parser = target.createStreamParser(options.hints);
    this.renderer = client.createStreamRenderer(options);
  }

  get state(): 'open' | 'complete' | 'failed' {
    return this.failure !== undefined ? 'failed' : this.isComplete ? 'complete' : 'open';
  }

  get facts(): AnswerFacts {
    return {
      usage: this.usage,
      isUsageFinal: this.usage !== undefined && (this.isWhole || this.parser.isUsageFinal),
      finishReason: this.finishReason,
      nativeFinishReason: this.nativeFinishReason,
      outputBytes: this.outputBytes,
    };
  }

  push(bytes: Uint8Array): Uint8Array | undefined {
    if (this.state !== 'open' || this.body.takes(bytes)) {
      return undefined;
    }
    const text = this.renderAll(this.decoder.push(bytes));
    if (this.decoder.isOverflowing) {
      this.fail(malformed('The provider sent an event without an end.'));
    }
    return toBytes(text);
  }

  end(): Uint8Array | undefined {
    if (this.state !== 'open') {
      return undefined;
    }
    const body = this.body.take();
    if (body !== undefined) {
      return this.endWithBody(body);
    }
    let text = this.renderAll(this.decoder.end());
    text += this.tell(this.parser.end());
    if (this.state === 'open') {
      this.fail(cutStream());
    }
    return toBytes(text);
  }

  renderEnd(settled: SettledUsage): Uint8Array {
    return encodeText(this.renderer.renderEnd(settled));
  }

  renderError(error: GatewayError, requestId: string, settled: SettledUsage | undefined): Uint8Array {
    return encodeText(this.renderer.renderError(error, requestId, settled));
  }

  private fail(failure: UpstreamFailure): void {
    this.failure ??= this.options.correct(failure);
  }

  private endWithBody(body: Uint8Array): Uint8Array | undefined {
    const response = this.body.read(body, this.target, this.options.hints);
    if (isFailure(response)) {
      this.fail(response);
      return undefined;
    }
    this.isWhole = true;
    return toBytes(this.tell(unfoldResponse(response)));
  }

  private renderAll(events: readonly SseEvent[]): string {
    let text = '';
    for (const event of events) {
      text += this.tell(this.parser.push(event));
    }
    return text;
  }

  private tell(events: readonly StreamEvent[]): string {
    let text = '';
    for (const event of events) {
      if (this.state !== 'open') {
        break;
      }
      this.note(event);
      if (!this.options.hidesReasoning || !reasoningEvents.has(event.type)) {
        text += this.renderer.render(event);
      }
    }
    return text;
  }

  private note(event: StreamEvent): void {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
        this.addOutput(event.text);
        break;
      case 'tool-call-delta':
        this.addOutput(event.arguments);
        break;
      case 'tool-call-start':
      case 'reasoning-redacted':
      case 'native':
        this.hasContent = true;
        break;
      case 'usage':
        this.usage = event.usage;
        break;
      case 'choice-end':
        this.finishReason = event.finishReason;
        this.nativeFinishReason = event.nativeFinishReason === '' ? undefined : event.nativeFinishReason;
        break;
      case 'message-end':
        this.isComplete = true;
        break;
      case 'error':
        this.fail(event.failure);
        break;
      case 'message-start':
      case 'reasoning-signature':
      case 'citation':
      case 'logprobs':
        break;
    }
  }

  private addOutput(text: string): void {
    this.outputBytes += utf8Length(text);
    this.hasContent ||= text !== '';
  }
}

function toBytes(text: string): Uint8Array | undefined {
  return text === '' ? undefined : encodeText(text);
}
