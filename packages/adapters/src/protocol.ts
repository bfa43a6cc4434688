import type { GatewayError } from '@turnpike/core/errors';
import type { FailureKind, UpstreamFailure } from '@turnpike/core/inference/failure';
import type { EmbeddingsRequest, InferenceRequest, ProtocolName } from '@turnpike/core/inference/request';
import type { EmbeddingsResponse, InferenceResponse } from '@turnpike/core/inference/response';
import type { FinishReason, StreamEvent } from '@turnpike/core/inference/stream';
import type { Usage } from '@turnpike/core/inference/usage';
import type { Json, JsonObject } from '@turnpike/core/json';

import type { ByteJoiner } from './framing/bytes.ts';
import type { SseFrame } from './framing/frames.ts';
import type { SseEvent } from './framing/sse.ts';
import type { SettledUsage } from './lane.ts';
import type { CallNeeds } from './parse-call.ts';

/** What a protocol reads of a client's body at the border, without building the canonical form. */
export interface RequestFacts {
  readonly model: string;
  readonly isStream: boolean;
  readonly wantsUsage: boolean;
  readonly maxOutputTokens: number | undefined;
  readonly choiceCount: number;
  /** The most web searches that the provider may run and charge for in this call; 0 where none is asked for. */
  readonly searchesBound: number;
  readonly endUser: string | undefined;
  readonly needs: CallNeeds;
  /** Characters of the body that are media in base64, and so are not read as text by any model. */
  readonly mediaCharacters: number;
  /** Upper bound of the tokens that are not in the body's text: media, message frames, tool prompts. */
  readonly hiddenTokens: number;
}

/** What a target needs to know to write a request for a model. */
export interface RenderTarget {
  readonly upstreamModel: string;
  /** Upper limit of output tokens that admission could pay for. */
  readonly outputLimit: number | undefined;
  /** The most that the model can write, where the catalogue knows it. */
  readonly maxOutputTokens: number | undefined;
  /** The provider wants its own earlier reasoning back in the history. */
  readonly takesReasoningBack: boolean;
  /** `cache_control` on blocks is understood although the protocol itself has no such field. */
  readonly takesCacheMarks: boolean;
}

/** What the reader of the answer has to know about how the request was written. */
export interface AnswerHints {
  /** A schema was asked for by forcing this tool: its arguments are the text of the answer. */
  readonly jsonToolName?: string;
}

export interface RenderedRequest {
  readonly body: JsonObject;
  /** What the target cannot take as it was asked, in the client's spelling. */
  readonly droppedParams: readonly string[];
  readonly hints: AnswerHints;
}

/** Reads a provider's events. Total: whatever comes in, it never throws. */
export interface StreamParser {
  /** The last `usage` event is the provider's final word: see `AnswerFacts`. */
  readonly isUsageFinal: boolean;
  push(event: SseEvent): readonly StreamEvent[];
  /** The provider closed: `message-end` where a terminal signal was seen, else nothing. */
  end(): readonly StreamEvent[];
}

export interface StreamRenderOptions {
  /** The name of the model that the client sees. */
  readonly model: string;
  /** The client gets usage in its stream. */
  readonly sendsUsage: boolean;
  /** Used where the provider gave no id or time of its own. */
  readonly fallbackId: string;
  readonly nowSeconds: number;
}

export interface RenderResponseOptions {
  /** The name of the model that the client sees. */
  readonly model: string;
  readonly settled: SettledUsage;
  /** Used where the provider gave no id or time of its own. */
  readonly fallbackId: string;
  readonly nowSeconds: number;
}

export interface RelayTapOptions extends StreamRenderOptions {
  /** How many alternatives were asked for: the answer is complete when each has ended. */
  readonly choiceCount: number;
}

/** Writes a client's stream. `renderEnd` and `renderError` give the last bytes. */
export interface StreamRenderer {
  render(event: StreamEvent): string;
  renderEnd(settled: SettledUsage): string;
  renderError(error: GatewayError, requestId: string, settled: SettledUsage | undefined): string;
}

/** An answer of a provider that is not what was asked for. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** When the answer was read; undefined where no clock is at hand. */
  readonly nowMs?: number;
  /** The parsed body; undefined when it is not JSON. */
  readonly body: Json | undefined;
  readonly text: string;
}

/** What one look at a whole answer tells. */
export interface AnswerReading {
  readonly usage: Usage | undefined;
  readonly isUsageFinal: boolean;
  readonly finishReason: FinishReason | undefined;
  readonly nativeFinishReason: string | undefined;
  readonly outputBytes: number;
}

/** Watches a relayed stream: decides of each event what the client gets, and remembers what it said. */
export interface RelayTap {
  /** Reads one event; puts what may go to the client now into `out`. */
  read(frame: SseFrame, out: ByteJoiner): void;
  readonly hasContent: boolean;
  /** A signal that the answer is complete was seen, so that the end of the connection is no cut. */
  readonly isTerminated: boolean;
  /** The protocol's very last event was seen: nothing can follow. */
  readonly isDone: boolean;
  readonly failure: UpstreamFailure | undefined;
  readonly reading: AnswerReading;
  renderEnd(settled: SettledUsage): Uint8Array;
  renderError(error: GatewayError, requestId: string, settled: SettledUsage | undefined): Uint8Array;
}

export interface RelayEditOptions {
  readonly isStream: boolean;
  readonly outputLimit: number | undefined;
  /** Fields of ours that this provider itself knows: they stay. */
  readonly keptFields: readonly string[];
}

/** How a protocol is relayed: the closed list of what changes on the way. */
export interface RelayRules {
  /** The client's body as the provider gets it, apart from the model. What needs no change is the same value. */
  editRequest(body: JsonObject, options: RelayEditOptions): JsonObject;
  /** What a whole answer says, or why it is none. */
  readAnswer(body: JsonObject): AnswerReading | UpstreamFailure;
  /** The answer's bytes with the model's name and the settled usage. */
  spliceAnswer(bytes: Uint8Array, body: JsonObject, model: string, settled: SettledUsage): Uint8Array;
}

interface ProtocolBase {
  readonly name: ProtocolName;
  /** Client headers that a provider of this protocol may see, lower-case. */
  readonly forwardedHeaders: readonly string[];
  /** Checks a client's body: GatewayError `invalid_request` names the parameter and says what to send instead. */
  readRequestFacts(body: JsonObject): RequestFacts;
  parseError(answer: ErrorAnswer): UpstreamFailure;
  /** Our error in this protocol's shape. */
  renderError(error: GatewayError, requestId: string): JsonObject;
  readonly relay: RelayRules;
}

/** A wire format of conversations. It knows no vendor, and works both ways. */
export interface ChatProtocol extends ProtocolBase {
  readonly operation: 'chat';
  /** The canonical form of a client's body. Throws GatewayError `invalid_request`. */
  parseRequest(body: JsonObject): InferenceRequest;
  renderRequest(request: InferenceRequest, target: RenderTarget): RenderedRequest;
  /** A whole answer, or why it is none. */
  parseResponse(body: Json, hints: AnswerHints): InferenceResponse | UpstreamFailure;
  renderResponse(response: InferenceResponse, options: RenderResponseOptions): JsonObject;
  createStreamParser(hints: AnswerHints): StreamParser;
  createStreamRenderer(options: StreamRenderOptions): StreamRenderer;
  createRelayTap(options: RelayTapOptions): RelayTap;
  /** What keeps an idle stream open. */
  readonly keepAlive: Uint8Array;
}

/** A wire format of embeddings. */
export interface EmbeddingsProtocol extends ProtocolBase {
  readonly operation: 'embeddings';
  parseRequest(body: JsonObject): EmbeddingsRequest;
  renderRequest(request: EmbeddingsRequest, target: RenderTarget): RenderedRequest;
  parseResponse(body: Json): EmbeddingsResponse | UpstreamFailure;
  renderResponse(response: EmbeddingsResponse, options: RenderResponseOptions): JsonObject;
}

export type Protocol = ChatProtocol | EmbeddingsProtocol;

/** True for a failure where a value may be either. */
export function isFailure(value: object): value is UpstreamFailure {
  return 'kind' in value && typeof value.kind === 'string' && failureKinds.has(value.kind);
}

const failureKinds: ReadonlySet<string> = new Set<FailureKind>([
  'rate_limited',
  'overloaded',
  'timeout',
  'connection',
  'rejected',
  'unauthorized',
  'context_too_long',
  'content_filtered',
  'server',
  'malformed',
]);
