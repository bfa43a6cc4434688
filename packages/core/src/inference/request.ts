import type { Json, JsonObject } from '../json.ts';

/** The wire formats in which clients speak to us and we speak to providers. */
export type ProtocolName = 'openai-chat' | 'anthropic-messages' | 'openai-embeddings';

/** What a call asks for. An endpoint speaks some of them. */
export type Operation = 'chat' | 'embeddings';

/** A prompt-cache breakpoint that a client put behind a block. */
export interface CacheMark {
  readonly ttl: '5m' | '1h';
}

export type MediaSource =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'file'; readonly fileId: string };

/** A piece of what a user, a system author or a tool says. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string; readonly cache?: CacheMark; readonly citations?: readonly Json[] }
  | { readonly type: 'image'; readonly source: MediaSource; readonly detail?: string; readonly cache?: CacheMark }
  | {
      readonly type: 'document';
      readonly source: MediaSource | { readonly type: 'text'; readonly text: string };
      readonly name?: string;
      readonly context?: string;
      readonly citations?: boolean;
      readonly cache?: CacheMark;
    }
  | { readonly type: 'audio'; readonly format: string; readonly data: string }
  /** A block that only its own protocol knows; kept for a same-protocol target and dropped, reported, elsewhere. */
  | { readonly type: 'native'; readonly protocol: ProtocolName; readonly block: JsonObject };

/**
 * Thinking that a model showed. Signatures are bound to their issuer, so the part names the protocol that made it;
 * another issuer's signature is dropped, never forged.
 */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  readonly signature?: string;
  /** Encrypted thinking that only its issuer can read. */
  readonly redacted?: string;
  readonly issuer: ProtocolName;
}

export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it; it may be broken when the answer was cut. */
  readonly arguments: string;
  readonly kind: 'function' | 'custom';
  readonly cache?: CacheMark;
}

export type AssistantPart =
  | ContentPart
  | ReasoningPart
  | ToolCallPart
  | { readonly type: 'refusal'; readonly text: string };

export type Message =
  | { readonly role: 'system' | 'developer'; readonly content: readonly ContentPart[]; readonly name?: string }
  | { readonly role: 'user'; readonly content: readonly ContentPart[]; readonly name?: string }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[]; readonly name?: string }
  | {
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly content: readonly ContentPart[];
      readonly isError?: boolean;
      readonly cache?: CacheMark;
    };

export type Tool =
  | {
      readonly type: 'function';
      readonly name: string;
      readonly description?: string;
      readonly parameters?: JsonObject;
      readonly isStrict?: boolean;
      readonly cache?: CacheMark;
    }
  /** A tool that a vendor runs or defines; only its own protocol can carry it. */
  | { readonly type: 'native'; readonly protocol: ProtocolName; readonly definition: JsonObject };

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json-object' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly description?: string;
      readonly isStrict?: boolean;
    };

export interface ReasoningRequest {
  readonly isEnabled?: boolean;
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`, or a word that is newer than we are. */
  readonly effort?: string;
  readonly budgetTokens?: number;
  /** Think, but do not show it. */
  readonly isHidden?: boolean;
}

/** One conversation turn that a client asks for, whatever dialect it came in. */
export interface InferenceRequest {
  readonly protocol: ProtocolName;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly allowsParallelToolCalls?: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly choiceCount?: number;
  readonly wantsLogprobs?: boolean;
  readonly topLogprobs?: number;
  readonly logitBias?: JsonObject;
  /** The whole prompt shall be cached, wherever the provider sees fit to cut it. */
  readonly cache?: CacheMark;
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: ReasoningRequest;
  readonly serviceTier?: string;
  readonly endUser?: string;
  readonly metadata?: JsonObject;
  readonly isStream: boolean;
  /** The client asked for usage in the stream. */
  readonly wantsUsage: boolean;
  /** Fields that no vocabulary of ours names, in the client's own spelling; kept for a same-protocol target. */
  readonly extensions: JsonObject;
}

/** Texts (or token arrays) to embed. */
export interface EmbeddingsRequest {
  readonly protocol: ProtocolName;
  readonly model: string;
  readonly input: readonly (string | readonly number[])[];
  readonly dimensions?: number;
  readonly encoding: 'float' | 'base64';
  readonly endUser?: string;
  readonly extensions: JsonObject;
}
