import type { OrganizationId, RequestId } from '@turnpike/core/ids';
import type { RateLimit, RateLimitState } from '@turnpike/core/limits/rate-limit';
import type { NanoUsd } from '@turnpike/core/money';

/**
 * One condition of a hold. All entries of a call are checked and taken in one step. Requests and tokens are buckets of
 * `limit` units that refill evenly over the window; concurrency is a lease that ends with the call.
 */
export type HoldEntry =
  | {
      readonly type: 'balance';
      /** The lowest balance that the call may leave: 0 for prepaid, negative for a credit line. */
      readonly floorNanoUsd: NanoUsd;
    }
  | {
      readonly type: 'rate';
      readonly limit: RateLimit;
      /** Whose limit it is: the id of the key, project or organization. */
      readonly scopeId: string;
    };

export interface HoldRequest {
  readonly organizationId: OrganizationId;
  readonly requestId: RequestId;
  /** The epoch under which this gateway believes Redis' state to be whole. */
  readonly epoch: number;
  /** Milliseconds until the hold may be swept: the deadline of the call and some grace. */
  readonly ttlMs: number;
  /** The worst the call can cost; 0 for test keys and for keys that bring their own credential. */
  readonly nanoUsd: NanoUsd;
  /** The most tokens that the call can use; taken from every limit of kind `tokens`. */
  readonly tokens: number;
  /** In order of precedence: the first that does not fit is the one that refuses. */
  readonly entries: readonly HoldEntry[];
}

/** An account as Redis sees it at the moment of the answer. */
export interface BalanceFacts {
  /** Posted balance less usage that is not posted yet. */
  readonly spendableNanoUsd: NanoUsd;
  /** Reserved for calls in flight, this one included when it was admitted. */
  readonly heldNanoUsd: NanoUsd;
}

export interface HoldFacts {
  readonly balance: BalanceFacts;
  /** How each rate limit of the call stands, in the order of the entries: for the `x-ratelimit-*` headers. */
  readonly rateLimits: readonly RateLimitState[];
  /** Grows with every hold of the bucket. A value that does not grow shows that Redis lost writes. */
  readonly counter: number;
}

export type HoldResult =
  | (HoldFacts & { readonly outcome: 'held' })
  | (HoldFacts & {
      readonly outcome: 'refused';
      readonly entry: HoldEntry;
      /** When it is worth asking again; undefined when waiting alone does not help. */
      readonly retryAfterMs: number | undefined;
    })
  | {
      readonly outcome: 'unknown';
      /** Not loaded; loaded under another epoch; or a ledger transaction is missing. Load or catch up, then retry. */
      readonly reason: 'missing' | 'epoch' | 'behind';
      readonly storedEpoch: number | undefined;
      readonly counter: number;
    }
  /** The request has ended already: its hold came after its void, or twice. It must not be sent upstream. */
  | { readonly outcome: 'closed'; readonly counter: number };

/** What a call came to. */
export interface Capture {
  readonly organizationId: OrganizationId;
  readonly requestId: RequestId;
  readonly nanoUsd: NanoUsd;
  /** Tokens that were used, to correct the limits; undefined leaves them as reserved. */
  readonly tokens: number | undefined;
}

/**
 * `moved`: from held to spent. `debited`: there was no hold any more, spent directly. `duplicate`: it had been
 * captured. `unknown`: the account is not loaded, nothing was done, ask again later.
 */
export type CaptureOutcome = 'moved' | 'debited' | 'duplicate' | 'unknown';

/** A call that ends without a charge and without an upstream attempt. */
export interface HoldReference {
  readonly organizationId: OrganizationId;
  readonly requestId: RequestId;
}

export interface HoldExtension extends HoldReference {
  readonly epoch: number;
  readonly ttlMs: number;
  readonly nanoUsd: NanoUsd;
  readonly floorNanoUsd: NanoUsd | undefined;
}

export type ExtendResult =
  | { readonly outcome: 'extended' | 'refused' | 'gone'; readonly balance: BalanceFacts }
  | { readonly outcome: 'unknown' };

/** An account's figures as Postgres has them, read in one snapshot. */
export interface AccountFigures {
  readonly organizationId: OrganizationId;
  readonly epoch: number;
  readonly postedNanoUsd: NanoUsd;
  /** Sequence of the last ledger transaction in `postedNanoUsd`; 0 when there is none. */
  readonly postedSequence: number;
  /** Charges of usage attempts that no ledger transaction holds yet. */
  readonly unpostedNanoUsd: NanoUsd;
  /** Requests whose charge is in these figures and whose capture may still be on its way. */
  readonly settledRequestIds: readonly RequestId[];
}

export interface LedgerDelta {
  readonly organizationId: OrganizationId;
  /** Gapless per organization, from 1. */
  readonly sequence: number;
  /** Change of the posted balance: negative for usage, positive for a payment. */
  readonly postedNanoUsd: NanoUsd;
  /** Change of the unposted usage: negative for usage, 0 for everything else. */
  readonly unpostedNanoUsd: NanoUsd;
}

export interface PostResult {
  /** `gap`: transactions from `postedSequence + 1` on are missing; apply them in order. `absent`: not loaded. */
  readonly outcome: 'applied' | 'stale' | 'gap' | 'absent';
  readonly postedSequence: number;
}

export interface AccountState extends BalanceFacts {
  readonly epoch: number;
  readonly postedNanoUsd: NanoUsd;
  readonly postedSequence: number;
  readonly unpostedNanoUsd: NanoUsd;
}

export interface SweepResult {
  readonly swept: readonly HoldReference[];
  /** More have expired than one call takes. */
  readonly hasMore: boolean;
}
