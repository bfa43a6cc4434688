import type { FailureKind, UpstreamFailure } from '../inference/failure.ts';

/** What to do after a failed try, as long as the client has seen no content. */
export type NextAttempt =
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'next'; readonly coolDownMs: number }
  | { readonly action: 'stop' };

export interface NextAttemptFacts {
  readonly failure: UpstreamFailure;
  /** Tries of this endpoint so far in this call, the failed one included. */
  readonly triesOfEndpoint: number;
  readonly hasOtherEndpoint: boolean;
  /** Milliseconds until the call's own deadline. */
  readonly remainingMs: number;
}

interface Rule {
  /** Once more at the same endpoint although another one is left: a stale socket says nothing about the provider. */
  readonly retriesFirst: boolean;
  /** Once more at the same endpoint when nothing else is left. */
  readonly retriesLast: boolean;
  readonly movesOn: boolean;
  /** How long other calls avoid the endpoint. */
  readonly coolDownMs: number;
}

const rule = (retriesFirst: boolean, retriesLast: boolean, movesOn: boolean, coolDownMs: number): Rule => ({
  retriesFirst,
  retriesLast,
  movesOn,
  coolDownMs,
});

/**
 * What each kind of failure means for the plan. The caller's own faults stop at once instead of burning every
 * provider; our own bad credential is not the caller's fault and moves on.
 */
const rules: Readonly<Record<FailureKind, Rule>> = {
  connection: rule(true, true, true, 5_000),
  rate_limited: rule(false, true, true, 5_000),
  overloaded: rule(false, true, true, 10_000),
  server: rule(false, true, true, 5_000),
  timeout: rule(false, false, true, 10_000),
  malformed: rule(false, true, true, 5_000),
  unauthorized: rule(false, false, true, 60_000),
  rejected: rule(false, false, false, 0),
  context_too_long: rule(false, false, false, 0),
  content_filtered: rule(false, false, false, 0),
};

const maxTriesOfEndpoint = 2;
/** Long enough for a provider to shed a burst, short enough that a person does not notice. */
const backoffMs = 250;
/** A longer `Retry-After` is the caller's to wait for: it gets a 429 and the header. */
const longestWaitMs = 10_000;

/** Decides between trying again here, going to the next endpoint and giving up. */
export function nextAttempt(facts: NextAttemptFacts): NextAttempt {
  const { retriesFirst, retriesLast, movesOn, coolDownMs } = rules[facts.failure.kind];
  const hasTriesLeft = facts.triesOfEndpoint < maxTriesOfEndpoint;
  if (hasTriesLeft && retriesFirst) {
    return { action: 'retry', delayMs: 0 };
  }
  if (movesOn && facts.hasOtherEndpoint) {
    return { action: 'next', coolDownMs: Math.max(coolDownMs, retryAfterMs(facts.failure) ?? 0) };
  }
  const delayMs = retryAfterMs(facts.failure) ?? backoffMs;
  if (hasTriesLeft && retriesLast && delayMs <= Math.min(longestWaitMs, facts.remainingMs / 2)) {
    return { action: 'retry', delayMs };
  }
  return { action: 'stop' };
}

function retryAfterMs(failure: UpstreamFailure): number | undefined {
  return failure.retryAfterSeconds === undefined ? undefined : Math.ceil(failure.retryAfterSeconds * 1_000);
}
