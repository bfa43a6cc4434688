import type { Endpoint } from '@turnpike/core/catalog/model';
import type { GatewayError } from '@turnpike/core/errors';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { FinishReason } from '@turnpike/core/inference/stream';
import type { Usage, UsageSource } from '@turnpike/core/inference/usage';
import type { NanoUsd } from '@turnpike/core/money';

import type { ParsedCall } from './parse-call.ts';
import type { Credential, ProviderDefinition } from './provider.ts';

/** What an attempt needs to become bytes for a provider. */
export interface LaneContext {
  readonly call: ParsedCall;
  readonly provider: ProviderDefinition;
  readonly endpoint: Endpoint;
  readonly credential: Credential;
  /** The name of the model in our answer. */
  readonly servedModel: string;
  /** Upper limit of output tokens that admission could pay for; undefined = as the client asked. */
  readonly outputLimit: number | undefined;
  /** `<request id>.<attempt>`, sent upstream as `x-client-request-id`. */
  readonly attemptId: string;
  /** Client headers that a provider of the same protocol may see, lower-case: `anthropic-beta`, `anthropic-version`. */
  readonly clientHeaders: Readonly<Record<string, string>>;
  readonly nowMs: number;
  /** The client gets usage in its stream: it asked (`call.wantsUsage`), or its project always wants it. */
  readonly sendsUsage: boolean;
}

export interface UpstreamRequest {
  /** Appended to the provider's base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the caller's usage object says about money, settled by the gateway. */
export interface SettledUsage {
  readonly usage: Usage;
  readonly source: UsageSource;
  readonly chargeNanoUsd: NanoUsd;
}

/** What a provider's answer said, once it is complete or broken off. */
export interface AnswerFacts {
  /** Undefined when the provider reported none, or nonsense. */
  readonly usage: Usage | undefined;
  /**
   * The usage is the provider's final word: a whole answer's, or in a stream one that came with the end of the answer.
   * Until then the input side can be believed, while the output side is a total so far, or a placeholder.
   */
  readonly isUsageFinal: boolean;
  readonly finishReason: FinishReason | undefined;
  /** The vendor's own word, at most 64 characters and none of them a control character. */
  readonly nativeFinishReason: string | undefined;
  /** UTF-8 bytes of text, reasoning and tool arguments that the provider produced: the basis of an estimate. */
  readonly outputBytes: number;
}

/** A whole answer that arrived in one piece. */
export interface Answer extends AnswerFacts {
  /** The client's body, with the model name and the settled usage. */
  render(settled: SettledUsage): Uint8Array;
}

/**
 * Reads a provider's stream and writes the client's. Pure: bytes in, bytes out. The final usage and the terminator
 * are never returned by `push` or `end`, so that the caller can settle first and send them with `renderEnd`.
 */
export interface AnswerStream {
  /** Feeds what the provider sent; returns what may go to the client now (possibly nothing). */
  push(bytes: Uint8Array): Uint8Array | undefined;
  /** The provider closed the connection; decides between complete and cut. */
  end(): Uint8Array | undefined;
  /** True from the first content on: after it, failing over would repeat text to the client. */
  readonly hasContent: boolean;
  /** `complete` only after a terminal signal of the protocol; bare end of file is `failed`. */
  readonly state: 'open' | 'complete' | 'failed';
  readonly failure: UpstreamFailure | undefined;
  readonly facts: AnswerFacts;
  /** The last bytes of a good stream: the usage (if the client gets it), then the protocol's terminator. */
  renderEnd(settled: SettledUsage): Uint8Array;
  /** The last bytes of a broken stream: the in-band error of the client's protocol, then its terminator. */
  renderError(error: GatewayError, requestId: string, settled: SettledUsage | undefined): Uint8Array;
  /** What keeps an idle client connection alive; only between complete events. */
  readonly keepAlive: Uint8Array;
}

/** One attempt's way through the wire formats: relayed bytes where both sides speak the same, translated otherwise. */
export interface Lane {
  readonly kind: 'relay' | 'translate';
  readonly request: UpstreamRequest;
  /** Client fields that the target cannot take, in the client's spelling: the `x-gateway-params-dropped` header. */
  readonly droppedParams: readonly string[];
  /** A whole answer, or why it is none (error status, error body with status 200, not JSON, no content). */
  readAnswer(status: number, headers: Readonly<Record<string, string>>, body: Uint8Array): Answer | UpstreamFailure;
  /** An error status before any stream. */
  readFailure(status: number, headers: Readonly<Record<string, string>>, body: Uint8Array): UpstreamFailure;
  openStream(): AnswerStream;
}
