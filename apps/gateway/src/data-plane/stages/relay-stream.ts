import type { AnswerFacts, SettledUsage } from '@turnpike/adapters/lane';
import type { GatewayError } from '@turnpike/core/errors';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';

import type { AttemptContext, AttemptEnd } from './run-attempt.ts';

/** How an attempt feeds its stream, and how the last bytes are made once usage is settled. */
export interface StreamHooks {
  push(chunk: Uint8Array): void;
  end(): void;
  /** `isOurs`: the gateway ends it, not the provider. */
  readonly fail: (failure: UpstreamFailure, isOurs: boolean) => void;
  /** Clears timers; nothing is written afterwards. */
  stop(): void;
  facts(): AnswerFacts;
  firstContentTicksMs(): number | undefined;
  readonly renderEnd: (settled: SettledUsage) => Uint8Array;
  readonly renderError: (error: GatewayError, requestId: string, settled: SettledUsage | undefined) => Uint8Array;
}

interface Valve {
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * Carries one stream from a provider to the client: holds everything back until the first content (the commit
 * point), then writes with back-pressure, and keeps an idle client connection alive. The end is not written here.
 */
export function relayStream(
  context: AttemptContext,
  startedAtTicksMs: number,
  valve: Valve,
  finish: (outcome: AttemptEnd, facts: AnswerFacts) => void,
): StreamHooks {
  const { sink, clock, timeouts } = context;
  const answer = context.lane.openStream();
  const firstContentLimit = startedAtTicksMs + timeouts.firstContentMs;
  let heldBack: Uint8Array[] = [];
  let firstContentTicksMs: number | undefined;
  let isWaitingForReader = false;
  let lastWriteTicksMs = clock.ticksMs();
  let slowReader: NodeJS.Timeout | undefined;
  const pulse = setInterval(beat, Math.min(timeouts.keepAliveMs, timeouts.firstContentMs) / 2);
  pulse.unref();

  function beat(): void {
    try {
      keepAlive();
    } catch (error) {
      context.report(error);
      finish(
        { type: 'failed', failure: { kind: 'malformed', message: 'The stream could not be kept alive.' } },
        answer.facts,
      );
    }
  }

  function keepAlive(): void {
    const now = clock.ticksMs();
    if (firstContentTicksMs === undefined && now > firstContentLimit) {
      fail({ kind: 'timeout', message: `No content within ${timeouts.firstContentMs} ms.` });
    } else if (!isWaitingForReader && now - lastWriteTicksMs >= timeouts.keepAliveMs) {
      // From here on the status is sent, but not a word of content: another endpoint may still answer.
      sendHead();
      write(answer.keepAlive);
    }
  }

  function sendHead(): void {
    if (!sink.hasHead) {
      context.sendHead();
    }
  }

  function write(bytes: Uint8Array): void {
    lastWriteTicksMs = clock.ticksMs();
    if (!sink.write(bytes) && !isWaitingForReader) {
      isWaitingForReader = true;
      valve.pause();
      slowReader = setTimeout(() => finish({ type: 'gone' }, answer.facts), timeouts.slowReaderMs);
      sink.onDrain(() => {
        isWaitingForReader = false;
        clearTimeout(slowReader);
        valve.resume();
      });
    }
  }

  function pass(bytes: Uint8Array | undefined): void {
    if (firstContentTicksMs === undefined) {
      if (bytes !== undefined) {
        heldBack.push(bytes);
      }
      if (answer.hasContent) {
        firstContentTicksMs = clock.ticksMs();
        commit();
      }
    } else if (bytes !== undefined) {
      write(bytes);
    }
  }

  function commit(): void {
    sendHead();
    for (const bytes of heldBack) {
      write(bytes);
    }
    heldBack = [];
  }

  function fail(failure: UpstreamFailure, isOurs = false): void {
    if (isOurs && isWaitingForReader) {
      // The client took too long to take what it was sent: its own slowness is no failure of the provider.
      finish({ type: 'gone' }, answer.facts);
    } else if (answer.state === 'complete') {
      // The provider said that it was done; what happened to its connection afterwards changes nothing.
      succeed();
    } else if (firstContentTicksMs === undefined) {
      finish({ type: 'failed', failure }, answer.facts);
    } else {
      finish({ type: 'broken', failure, isOurs, renderError: hooks.renderError }, answer.facts);
    }
  }

  function succeed(): void {
    commit();
    finish({ type: 'streamed', renderEnd: hooks.renderEnd }, answer.facts);
  }

  const hooks: StreamHooks = {
    push(chunk) {
      pass(answer.push(chunk));
      if (answer.state === 'failed') {
        fail(answer.failure ?? { kind: 'malformed', message: 'The stream makes no sense.' });
      } else if (answer.state === 'complete') {
        succeed();
      }
    },
    end() {
      pass(answer.end());
      if (answer.state === 'complete') {
        succeed();
      } else {
        fail(answer.failure ?? { kind: 'connection', message: 'The stream was cut off before its end.' });
      }
    },
    fail,
    stop() {
      clearInterval(pulse);
      clearTimeout(slowReader);
    },
    facts: () => answer.facts,
    firstContentTicksMs: () => firstContentTicksMs,
    renderEnd: (settled) => answer.renderEnd(settled),
    renderError: (error, requestId, settled) => answer.renderError(error, requestId, settled),
  };
  return hooks;
}
