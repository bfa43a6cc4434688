import type { ApiKeyId, MemberId, OrganizationId, ProjectId, RequestId } from '../ids.ts';
import type { FailureKind } from '../inference/failure.ts';
import type { Operation, ProtocolName } from '../inference/request.ts';
import type { FinishReason } from '../inference/stream.ts';
import type { Usage, UsageSource } from '../inference/usage.ts';
import type { NanoUsd } from '../money.ts';

/** Who called, and for what: equal for all attempts of a call. */
export interface CallFacts {
  readonly requestId: RequestId;
  readonly organizationId: OrganizationId;
  readonly projectId: ProjectId;
  readonly apiKeyId: ApiKeyId;
  readonly memberId: MemberId | undefined;
  readonly mode: 'live' | 'test';
  readonly operation: Operation;
  readonly clientProtocol: ProtocolName;
  readonly requestedModel: string;
  readonly isStream: boolean;
  /** The client's own `user`, bounded and cleaned at the border. */
  readonly endUser: string | undefined;
}

/** Which endpoint an attempt tried: written to the spool before the first upstream byte. */
export interface AttemptFacts {
  /** 1 for the first try. */
  readonly attempt: number;
  readonly startedAtMs: number;
  readonly endpointId: string;
  readonly modelSlug: string | undefined;
  readonly providerId: string;
  readonly upstreamModel: string;
  readonly priceId: string | undefined;
  readonly priceBookEntryId: string | undefined;
}

/**
 * How an attempt ended. `settled` = usage reported by the provider; `estimated` = counted by us; `failed` = costs
 * the tenant nothing; `orphaned` = the process died between begin and end, booked as our loss.
 */
export type AttemptState = 'settled' | 'estimated' | 'failed' | 'orphaned';

export interface AttemptOutcome {
  readonly state: AttemptState;
  readonly endedAtMs: number;
  /** Milliseconds from the start of the attempt to its first content; undefined when none came. */
  readonly firstContentMs: number | undefined;
  readonly durationMs: number;
  readonly upstreamStatus: number | undefined;
  readonly failureKind: FailureKind | undefined;
  readonly failureMessage: string | undefined;
  readonly finishReason: FinishReason | undefined;
  readonly nativeFinishReason: string | undefined;
  /** The client went away before the last byte. */
  readonly isCancelled: boolean;
  readonly usage: Usage;
  readonly usageSource: UsageSource;
  /** Charged at a ceiling price; a correction follows when the price arrives. */
  readonly isUnpriced: boolean;
  /** What we owe the provider. */
  readonly providerCostNanoUsd: NanoUsd;
  /** What the tenant owes. */
  readonly chargeNanoUsd: NanoUsd;
}

/** The immutable, priced record of one attempt: the one fact of money. Ledger, budgets and charts are projections. */
export interface UsageAttempt {
  readonly call: CallFacts;
  readonly attempt: AttemptFacts;
  readonly outcome: AttemptOutcome;
}
