import type { Credential, ProviderDefinition } from '@turnpike/adapters/provider';
import type { Principal } from '@turnpike/core/access/principal';
import type { Catalog } from '@turnpike/core/catalog/catalog';
import type { OrganizationId, RequestId } from '@turnpike/core/ids';
import type { RateLimit, RateLimitState } from '@turnpike/core/limits/rate-limit';
import type { AttemptFacts, CallFacts, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import type { NanoUsd } from '@turnpike/core/money';
import type { EndpointHealth } from '@turnpike/core/routing/plan-route';

/** Finds who a key belongs to. Undefined = no such key. Throws `service_unavailable` when it cannot be looked up. */
export interface KeyStore {
  /** Answers at once from memory where it can, so that a known key costs no tick. */
  resolve(key: string): Principal | undefined | Promise<Principal | undefined>;
}

/** Where a provider is, and what opens it. */
export interface ProviderTarget {
  readonly definition: ProviderDefinition;
  /** Scheme, host and port. */
  readonly origin: string;
  /** What comes before the operation's path: `/v1`, or nothing. */
  readonly basePath: string;
  readonly credential: Credential;
}

/** The catalogue of this moment with the providers behind it; replaced as a whole, never changed. */
export interface CatalogSnapshot {
  readonly catalog: Catalog;
  readonly targets: ReadonlyMap<string, ProviderTarget>;
}

/** What a call wants to hold. */
export interface HoldCall {
  readonly requestId: RequestId;
  readonly organizationId: OrganizationId;
  /** 0 for calls that are never billed. */
  readonly amountNanoUsd: NanoUsd;
  /** The caller's limits, and the id that each one's counter is kept under. */
  readonly limits: readonly { readonly limit: RateLimit; readonly ownerId: string }[];
  /** Reserved against token limits, corrected by the capture. */
  readonly tokens: number;
  /** After this many milliseconds the sweeper may return the hold. */
  readonly ttlMs: number;
}

export type HoldAnswer =
  | { readonly outcome: 'held'; readonly limits: readonly RateLimitState[] }
  | {
      readonly outcome: 'refused-balance';
      readonly limits: readonly RateLimitState[];
      /** Posted balance less usage that is not posted yet. */
      readonly spendableNanoUsd: NanoUsd;
      readonly heldNanoUsd: NanoUsd;
    }
  | {
      readonly outcome: 'refused-limit';
      readonly limits: readonly RateLimitState[];
      readonly refusedBy: RateLimit;
      /** Undefined when the call is larger than the limit: waiting does not help. */
      readonly retryAfterMs: number | undefined;
    };

/** Holds money and counts limits, all scopes in one call. Throws `service_unavailable` when it cannot be asked. */
export interface LimitStore {
  /** True when no call passes `hold` without being counted against its limits and its balance. */
  readonly isEnforced: boolean;
  hold(call: HoldCall): Promise<HoldAnswer>;
}

/** Records what happens to a call, so that nothing is lost whatever dies. */
export interface Meter {
  /** False when what is recorded might be lost: new work is refused before it is accepted. */
  readonly isWritable: boolean;
  /** What the disk has done with a record when `end` resolves: the name of a system call. */
  readonly durability: string;
  begin(call: CallFacts, hold: { readonly amountNanoUsd: NanoUsd; readonly deadlineMs: number }): void;
  attempt(call: CallFacts, attempt: AttemptFacts): void;
  /** Resolves when the record is durable; safe to repeat for the same attempt. */
  end(attempt: UsageAttempt, facts: { readonly isLast: boolean }): Promise<void>;
  /** Settles the hold in the background: releases what is left and counts what was spent. */
  captureLater(capture: Capture): void;
  /** Releases a hold in the background that was perhaps taken: its answer never came. */
  voidLater(hold: Pick<Capture, 'requestId' | 'organizationId'>): void;
}

export interface Capture {
  readonly requestId: RequestId;
  readonly organizationId: OrganizationId;
  readonly chargeNanoUsd: NanoUsd;
  readonly tokens: number;
}

/** What endpoints did lately, kept in this process. */
export interface HealthTracker {
  healthOf(endpointId: string): EndpointHealth | undefined;
  coolDown(endpointId: string, untilMs: number): void;
  succeeded(endpointId: string): void;
}

export interface UpstreamTimeouts {
  /** Until the provider's status line, from the moment the request is sent. */
  readonly headMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
}

/** One request on its way to a provider. */
export interface UpstreamExchange {
  pause(): void;
  resume(): void;
  /** Closes the connection; nothing is called back after it. */
  destroy(): void;
}

export interface UpstreamListener {
  onHead(status: number, headers: Readonly<Record<string, string>>): void;
  onData(chunk: Uint8Array): void;
  onEnd(): void;
  onFailure(kind: 'connection' | 'timeout' | 'malformed', message: string): void;
}

export interface Upstream {
  send(
    request: {
      readonly origin: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    },
    timeouts: UpstreamTimeouts,
    listener: UpstreamListener,
  ): UpstreamExchange;
}

export interface Clock {
  /** Wall clock in milliseconds since 1970. */
  nowMs(): number;
  /** Monotonic milliseconds. */
  ticksMs(): number;
}
