import type { GatewayError } from '@turnpike/core/errors';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import { unfoldResponse } from '@turnpike/core/inference/unfold-response';

import { cutStream, malformed } from '../failures.ts';
import { ByteJoiner, encodeText } from '../framing/bytes.ts';
import { SseFrames, type SseFrame } from '../framing/frames.ts';
import type { AnswerFacts, AnswerStream, SettledUsage } from '../lane.ts';
import { isFailure, type ChatProtocol, type RelayTap, type RelayTapOptions } from '../protocol.ts';
import { WholeBody } from '../whole-body.ts';
import { factsOfResponse } from '../translate/response-facts.ts';

/**
 * A stream that is passed on between two sides of one protocol. Bytes of plain events are handed on as they came,
 * without a copy; the protocol's tap sees each event once and decides about the few that change.
 */
export class RelayStream implements AnswerStream {
  readonly keepAlive: Uint8Array;
  failure: UpstreamFailure | undefined;
  private readonly correct: (failure: UpstreamFailure) => UpstreamFailure;
  private readonly protocol: ChatProtocol;
  private readonly options: RelayTapOptions;
  private readonly tap: RelayTap;
  private readonly frames = new SseFrames();
  private readonly out = new ByteJoiner();
  private readonly body = new WholeBody();
  private hasEnded = false;
  /** Set when the provider answered a stream request with one whole answer, which we then stream ourselves. */
  private whole: { readonly facts: AnswerFacts; renderEnd(settled: SettledUsage): Uint8Array } | undefined;

  constructor(
    protocol: ChatProtocol,
    options: RelayTapOptions,
    correct: (failure: UpstreamFailure) => UpstreamFailure,
  ) {
    this.correct = correct;
    this.protocol = protocol;
    this.options = options;
    this.keepAlive = protocol.keepAlive;
    this.tap = protocol.createRelayTap(options);
  }

  get hasContent(): boolean {
    return this.tap.hasContent || this.whole !== undefined;
  }

  get state(): 'open' | 'complete' | 'failed' {
    if (this.failure !== undefined) {
      return 'failed';
    }
    return this.tap.isDone || this.hasEnded ? 'complete' : 'open';
  }

  get facts(): AnswerFacts {
    return this.whole?.facts ?? this.tap.reading;
  }

  push(bytes: Uint8Array): Uint8Array | undefined {
    if (this.state !== 'open' || this.body.takes(bytes)) {
      return undefined;
    }
    this.frames.push(bytes, this.readFrame);
    if (this.frames.isOverflowing) {
      this.fail(malformed('The provider sent an event without an end.'));
    }
    return this.out.take();
  }

  end(): Uint8Array | undefined {
    if (this.state !== 'open') {
      return undefined;
    }
    this.hasEnded = true;
    const body = this.body.take();
    if (body !== undefined) {
      return this.endWithBody(body);
    }
    this.frames.end(this.readFrame);
    if (this.failure === undefined && !this.tap.isTerminated) {
      this.fail(cutStream());
    }
    return this.out.take();
  }

  renderEnd(settled: SettledUsage): Uint8Array {
    return this.whole?.renderEnd(settled) ?? this.tap.renderEnd(settled);
  }

  renderError(error: GatewayError, requestId: string, settled: SettledUsage | undefined): Uint8Array {
    return this.tap.renderError(error, requestId, settled);
  }

  private readonly readFrame = (frame: SseFrame): void => {
    if (this.failure === undefined) {
      this.tap.read(frame, this.out);
      if (this.tap.failure !== undefined) {
        this.fail(this.tap.failure);
      }
    }
  };

  private fail(failure: UpstreamFailure): void {
    this.failure ??= this.correct(failure);
  }

  private endWithBody(body: Uint8Array): Uint8Array | undefined {
    const response = this.body.read(body, this.protocol, {});
    if (isFailure(response)) {
      this.fail(response);
      return undefined;
    }
    const renderer = this.protocol.createStreamRenderer(this.options);
    const events = unfoldResponse(response).map((event) => renderer.render(event));
    this.whole = {
      facts: factsOfResponse(response),
      renderEnd: (settled) => encodeText(renderer.renderEnd(settled)),
    };
    return encodeText(events.join(''));
  }
}
