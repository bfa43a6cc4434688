import type { Answer, AnswerFacts, Lane } from '@turnpike/adapters/lane';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';

import type { Sink } from '../call.ts';
import type { Clock, Upstream, UpstreamExchange } from '../ports.ts';
import { relayStream, type StreamHooks } from './relay-stream.ts';

/** How one try of one endpoint ended. Timings are monotonic milliseconds. */
export interface AttemptResult {
  readonly outcome: AttemptEnd;
  readonly facts: AnswerFacts | undefined;
  readonly upstreamStatus: number | undefined;
  readonly startedAtTicksMs: number;
  readonly firstContentTicksMs: number | undefined;
}

export type AttemptEnd =
  /** A whole answer is here, and nothing of it was sent. */
  | { readonly type: 'answered'; readonly answer: Answer }
  /** All but the last bytes of a stream were sent. */
  | { readonly type: 'streamed'; readonly renderEnd: StreamHooks['renderEnd'] }
  /** Failed while the client had seen nothing: another endpoint may try. */
  | { readonly type: 'failed'; readonly failure: UpstreamFailure }
  /** Failed after content: only an in-band error is left. `isOurs`: our own deadline ended it, not the provider. */
  | {
      readonly type: 'broken';
      readonly failure: UpstreamFailure;
      readonly isOurs: boolean;
      readonly renderError: StreamHooks['renderError'];
    }
  /** The client left. */
  | { readonly type: 'gone' };

export interface AttemptContext {
  readonly lane: Lane;
  readonly origin: string;
  readonly path: string;
  readonly isStream: boolean;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly sink: Sink;
  readonly timeouts: CallTimeouts;
  /** Monotonic milliseconds at which the whole call gives up. */
  readonly deadlineTicksMs: number;
  /** Sends status and headers of a stream; called at most once, before its first bytes. */
  readonly sendHead: () => void;
  /** Hears of an error of ours, which ends the attempt like a malformed answer. */
  readonly report: (error: unknown) => void;
}

export interface CallTimeouts {
  readonly headMs: number;
  readonly firstContentMs: number;
  readonly idleMs: number;
  readonly keepAliveMs: number;
  readonly slowReaderMs: number;
}

/** Bounds what a hostile or broken provider can make us hold. */
const maxAnswerBytes = 64 * 1024 * 1024;
const maxErrorBytes = 64 * 1024;
/** How long a provider is listened to for its usage report when the client has its whole answer and has left. */
const lastWordMs = 2_000;
/** A provider ends its answer within the same packet as its last word, or is not going to. */
const goodbyeMs = 1_000;

/** Tries one endpoint. Never rejects: whatever happens is an outcome. */
export function runAttempt(context: AttemptContext): Promise<AttemptResult> {
  return new Promise((resolve) => {
    const { lane, clock, sink } = context;
    const startedAtTicksMs = clock.ticksMs();
    // Callbacks may come before `send` returns.
    const sent: { exchange?: UpstreamExchange } = {};
    let status: number | undefined;
    let headers: Readonly<Record<string, string>> = {};
    let stream: StreamHooks | undefined;
    let collected: Uint8Array[] = [];
    let collectedBytes = 0;
    let isOver = false;
    let hasClientLeft = false;

    const remainingMs = Math.max(1, context.deadlineTicksMs - startedAtTicksMs);
    const deadline = setTimeout(
      () => fail({ kind: 'timeout', message: 'The call reached its deadline.' }, true),
      remainingMs,
    );

    function finish(outcome: AttemptEnd, facts: AnswerFacts | undefined): void {
      if (isOver) {
        return;
      }
      isOver = true;
      clearTimeout(deadline);
      stream?.stop();
      if (outcome.type === 'streamed') {
        leave(sent.exchange);
      } else {
        sent.exchange?.destroy();
      }
      collected = [];
      resolve({
        outcome: hasClientLeft ? { type: 'gone' } : outcome,
        facts,
        upstreamStatus: status,
        startedAtTicksMs,
        firstContentTicksMs: stream?.firstContentTicksMs(),
      });
    }

    function fail(failure: UpstreamFailure, isOurs = false): void {
      if (stream === undefined) {
        finish({ type: 'failed', failure }, undefined);
      } else {
        stream.fail(failure, isOurs);
      }
    }

    /** Runs what reads the provider's bytes; an error of ours ends this attempt and nothing else. */
    function guard(read: () => void): void {
      try {
        read();
      } catch (error) {
        context.report(error);
        finish({ type: 'failed', failure: { kind: 'malformed', message: 'The answer could not be read.' } }, undefined);
      }
    }

    function onClientGone(): void {
      hasClientLeft = true;
      if (stream?.facts().finishReason === undefined) {
        finish({ type: 'gone' }, stream?.facts());
      } else {
        // The client has its whole answer; only the provider's word on what it used is missing.
        setTimeout(() => finish({ type: 'gone' }, stream?.facts()), lastWordMs).unref();
      }
    }

    function collect(chunk: Uint8Array): void {
      collectedBytes += chunk.length;
      if (collectedBytes > (status === undefined || status < 400 ? maxAnswerBytes : maxErrorBytes)) {
        if (status !== undefined && status >= 400) {
          concludeCollected();
        } else {
          fail({ kind: 'malformed', message: 'The answer is larger than the gateway accepts.' });
        }
        return;
      }
      collected.push(chunk);
    }

    function concludeCollected(): void {
      const body = collected.length === 1 ? collected[0] : Buffer.concat(collected);
      const bytes = body ?? new Uint8Array(0);
      const code = status ?? 0;
      if (code >= 400 || code < 200) {
        finish({ type: 'failed', failure: lane.readFailure(code, headers, bytes) }, undefined);
        return;
      }
      const answer = lane.readAnswer(code, headers, bytes);
      if ('kind' in answer) {
        finish({ type: 'failed', failure: answer }, undefined);
      } else if (context.isStream) {
        finish(
          {
            type: 'failed',
            failure: {
              kind: 'malformed',
              message: 'The provider answered a streaming call without a stream.',
              status: code,
            },
          },
          answer,
        );
      } else {
        finish({ type: 'answered', answer }, answer);
      }
    }

    sink.onGone(onClientGone);
    if (sink.isGone) {
      finish({ type: 'gone' }, undefined);
      return;
    }
    sent.exchange = context.upstream.send(
      { origin: context.origin, path: context.path, headers: lane.request.headers, body: lane.request.body },
      { headMs: Math.min(context.timeouts.headMs, remainingMs), idleMs: context.timeouts.idleMs },
      {
        onHead(head, headHeaders) {
          status = head;
          headers = headHeaders;
        },
        onData(chunk) {
          guard(() => {
            if (
              stream === undefined &&
              context.isStream &&
              collected.length === 0 &&
              isStreamBody(status, headers, chunk)
            ) {
              stream = relayStream(
                context,
                startedAtTicksMs,
                { pause: () => sent.exchange?.pause(), resume: () => sent.exchange?.resume() },
                finish,
              );
            }
            if (stream === undefined) {
              collect(chunk);
            } else {
              stream.push(chunk);
            }
          });
        },
        onEnd() {
          guard(() => {
            if (stream === undefined) {
              concludeCollected();
            } else {
              stream.end();
            }
          });
        },
        onFailure(kind, message) {
          fail({ kind, message });
        },
      },
    );
    // The exchange may have failed, or the client may have left, before `send` returned.
    if (isOver) {
      sent.exchange.destroy();
    }
  });
}

/**
 * Lets a provider that has said everything close its answer by itself, so that the connection can be used again; one
 * that keeps it open is cut off.
 */
function leave(exchange: UpstreamExchange | undefined): void {
  setTimeout(() => exchange?.destroy(), goodbyeMs).unref();
}

/** A stream is what says so, or what looks like one: some vendors send events as text/plain, and errors as JSON with status 200. */
function isStreamBody(
  status: number | undefined,
  headers: Readonly<Record<string, string>>,
  first: Uint8Array,
): boolean {
  if (status === undefined || status >= 300) {
    return false;
  }
  if (/^text\/event-stream/i.test(headers['content-type'] ?? '')) {
    return true;
  }
  return /^\uFEFF?(?:data:|event:|:)/.test(Buffer.from(first.subarray(0, 16)).toString('utf8'));
}
