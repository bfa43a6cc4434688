import type { RequestId } from '@turnpike/core/ids';
import { zeroUsage } from '@turnpike/core/inference/usage';
import type { AttemptFacts, CallFacts, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { zeroUsd } from '@turnpike/core/money';
import type { Logger } from '@turnpike/platform/log/logger';
import type { HoldReference } from '@turnpike/platform/redis/hold-types';
import type { Spool } from '@turnpike/platform/spool/spool';

import type { Capture, Meter } from '../ports.ts';
import type { CaptureQueue } from './capture-queue.ts';
import type { RecentRecords } from './recent-records.ts';
import { encodeOpenRecord } from './spool-records.ts';

export interface MeterOptions {
  readonly spool: Pick<Spool, 'append' | 'appendDurable' | 'isWritable' | 'durability'>;
  readonly records: Pick<RecentRecords, 'encode'>;
  readonly captures: Pick<CaptureQueue, 'capture' | 'void'>;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** The meter of this process, with what only its wiring needs. */
export interface OpenMeter extends Meter {
  /** Releases a hold whose call ends before any attempt, or whose answer from Redis never came. */
  voidLater(hold: HoldReference): void;
  /** These calls are settled in Redis. */
  settled(requestIds: readonly RequestId[]): void;
  /** Journal records of everything that is not closed: what a new journal file begins with. */
  openRecords(): Iterable<string>;
  /** Calls that are not closed. */
  readonly openCalls: number;
}

interface OpenCall {
  readonly call: CallFacts;
  /** Attempts whose end is not durable. */
  readonly open: Map<number, AttemptFacts>;
  /** Journal records of attempts whose end is durable. */
  readonly ended: string[];
  /** What each end waits for, so that repeating one records nothing twice. */
  readonly ends: Map<number, Promise<void>>;
  isSettled: boolean;
}

/**
 * Records calls: attempts in the journal before their first byte, ends durably before the client's last bytes, captures
 * in the background. Everything may be repeated for the same request and attempt.
 */
export function createMeter({ spool, records, captures, logger, nowMs }: MeterOptions): OpenMeter {
  const calls = new Map<RequestId, OpenCall>();

  function openCall(call: CallFacts): OpenCall {
    const known = calls.get(call.requestId);
    if (known !== undefined) {
      return known;
    }
    const opened: OpenCall = { call, open: new Map(), ended: [], ends: new Map(), isSettled: false };
    calls.set(call.requestId, opened);
    return opened;
  }

  /** A call is forgotten once it is settled and none of its ends is still on its way to the disk. */
  function forgetIfOver({ call, open, isSettled }: OpenCall): void {
    if (isSettled && open.size === 0) {
      calls.delete(call.requestId);
    }
  }

  /**
   * Notes of what is over spare an adopter work and let it settle exactly. Where one cannot be written, the spool has
   * said that nothing new is taken, and its renewed journal begins with these notes.
   */
  function appendNote(note: string): void {
    try {
      spool.append(note);
    } catch (error) {
      logger.debug({ component: 'metering', error }, 'A note of the journal was not written.');
    }
  }

  function record(call: OpenCall, usageAttempt: UsageAttempt): Promise<void> {
    const { attempt } = usageAttempt.attempt;
    return spool.appendDurable(records.encode(usageAttempt), () => {
      const note = encodeOpenRecord({
        type: 'ended',
        requestId: call.call.requestId,
        organizationId: call.call.organizationId,
        attempt,
        chargeNanoUsd: usageAttempt.outcome.chargeNanoUsd,
      });
      call.open.delete(attempt);
      call.ended.push(note);
      forgetIfOver(call);
      return note;
    });
  }

  function end(usageAttempt: UsageAttempt): Promise<void> {
    const call = calls.get(usageAttempt.call.requestId);
    if (call === undefined) {
      // It has been settled and forgotten: the row exists, and writing it again adds nothing.
      return spool.appendDurable(records.encode(usageAttempt));
    }
    const { attempt } = usageAttempt.attempt;
    const known = call.ends.get(attempt);
    if (known !== undefined) {
      return known;
    }
    const recorded = record(call, usageAttempt);
    call.ends.set(attempt, recorded);
    return recorded;
  }

  /** An attempt whose call is over without an end: an error of ours. It costs nobody but us, and it is not lost. */
  function endForgotten(call: OpenCall): void {
    for (const attempt of call.open.values()) {
      if (!call.ends.has(attempt.attempt)) {
        const facts = { requestId: call.call.requestId, attempt: attempt.attempt, provider: attempt.providerId };
        logger.error({ component: 'metering', ...facts }, 'A call ended without recording its attempt.');
        end(orphanOf(call.call, attempt, nowMs())).catch((error: unknown) => {
          logger.error({ component: 'metering', ...facts, error }, 'The attempt is recorded when the disk is back.');
        });
      }
    }
  }

  return {
    get isWritable() {
      return spool.isWritable;
    },
    get durability() {
      return spool.durability;
    },
    get openCalls() {
      return calls.size;
    },
    begin(call) {
      openCall(call);
    },
    attempt(call, attempt) {
      spool.append(encodeOpenRecord({ type: 'attempt', call, attempt }));
      openCall(call).open.set(attempt.attempt, attempt);
    },
    end,
    captureLater({ requestId, organizationId, chargeNanoUsd, tokens }: Capture) {
      const call = calls.get(requestId);
      if (call !== undefined) {
        endForgotten(call);
      }
      captures.capture({ requestId, organizationId, nanoUsd: chargeNanoUsd, tokens });
    },
    voidLater(hold) {
      captures.void(hold);
    },
    settled(requestIds) {
      const closed: RequestId[] = [];
      for (const requestId of requestIds) {
        const call = calls.get(requestId);
        if (call !== undefined) {
          call.isSettled = true;
          forgetIfOver(call);
          if (call.ended.length > 0 || call.open.size > 0) {
            closed.push(requestId);
          }
        }
      }
      if (closed.length > 0) {
        appendNote(encodeOpenRecord({ type: 'closed', requestIds: closed }));
      }
    },
    *openRecords() {
      for (const { call, open, ended, isSettled } of calls.values()) {
        for (const attempt of open.values()) {
          yield encodeOpenRecord({ type: 'attempt', call, attempt });
        }
        yield* ended;
        if (isSettled) {
          yield encodeOpenRecord({ type: 'closed', requestIds: [call.requestId] });
        }
      }
    },
  };
}

/** The record of an attempt that has no end because its process died, or forgot it: booked as our loss. */
export function orphanOf(call: CallFacts, attempt: AttemptFacts, endedAtMs: number): UsageAttempt {
  return {
    call,
    attempt,
    outcome: {
      state: 'orphaned',
      endedAtMs: Math.max(endedAtMs, attempt.startedAtMs),
      firstContentMs: undefined,
      durationMs: Math.max(0, endedAtMs - attempt.startedAtMs),
      upstreamStatus: undefined,
      failureKind: undefined,
      failureMessage: undefined,
      finishReason: undefined,
      nativeFinishReason: undefined,
      isCancelled: false,
      usage: zeroUsage,
      usageSource: 'estimated',
      isUnpriced: false,
      providerCostNanoUsd: zeroUsd,
      chargeNanoUsd: zeroUsd,
    },
  };
}
