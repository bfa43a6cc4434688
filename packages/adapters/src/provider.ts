import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

/** How a provider wants to be paid a visit. The header's name is data; the secret comes with the credential. */
export type ProviderAuth = { readonly type: 'bearer' } | { readonly type: 'header'; readonly name: string };

export interface ProviderOperation {
  readonly protocol: ProtocolName;
  /** Appended to the base URL. */
  readonly path: string;
}

/** Small pure corrections of what a protocol writes or reads. More than 40 lines of them are another protocol. */
export interface ProviderQuirks {
  readonly request?: (body: JsonObject) => JsonObject;
  /** Whole answers; a stream's events are read by the protocol alone. */
  readonly response?: (body: JsonObject) => JsonObject;
  readonly failure?: (failure: UpstreamFailure) => UpstreamFailure;
}

/** A vendor as data: where it lives, how it authenticates, which wire formats it speaks. */
export interface ProviderDefinition {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly auth: ProviderAuth;
  /** Headers that every call carries, such as an API version. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly speaks: Readonly<Partial<Record<Operation, ProviderOperation>>>;
  /** True where closing the connection stops generation and billing; otherwise the rest is drained and billed. */
  readonly stopsOnCancel: boolean;
  /** True for our own made-up provider: test keys reach nothing else. */
  readonly isSandbox?: boolean;
  /** Fields by which clients steer us and that this provider understands itself, so that they are passed on. */
  readonly keptFields?: readonly string[];
  /** The provider wants its own earlier reasoning back in the history; most refuse or ignore it. */
  readonly takesReasoningBack?: boolean;
  /** The provider knows `cache_control` on blocks though its protocol does not; others refuse the field. */
  readonly takesCacheMarks?: boolean;
  readonly quirks?: ProviderQuirks;
}

/** What a call to a provider carries: never logged, never in an error. */
export interface Credential {
  readonly secret: string;
}

/** Declares a provider; its own file is the only place that names the vendor. */
export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  return Object.freeze(definition);
}
