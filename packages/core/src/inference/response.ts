import type { Json, JsonObject } from '../json.ts';
import type { ProtocolName, ReasoningPart, ToolCallPart } from './request.ts';
import type { Citation, FinishReason } from './stream.ts';
import type { Usage } from './usage.ts';

/** A piece of an answer, in the order in which the model produced it. */
export type AnswerPart =
  | { readonly type: 'text'; readonly text: string; readonly citations?: readonly Citation[] }
  | ReasoningPart
  | ToolCallPart
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'native'; readonly protocol: ProtocolName; readonly payload: JsonObject };

export interface Choice {
  readonly parts: readonly AnswerPart[];
  readonly finishReason: FinishReason;
  readonly nativeFinishReason: string;
  readonly stopSequence?: string;
  readonly logprobs?: Json;
}

/** A whole answer. `foldStream` of its events gives the same value: a test holds that for every fixture. */
export interface InferenceResponse {
  readonly id: string;
  readonly model: string;
  readonly createdAtSeconds?: number;
  readonly choices: readonly Choice[];
  /** Absent when the provider did not say. */
  readonly usage?: Usage;
  readonly serviceTier?: string;
  readonly systemFingerprint?: string;
}

export interface EmbeddingsResponse {
  readonly model: string;
  /** Floats, or base64 of little-endian float32, as the client asked. */
  readonly embeddings: readonly (readonly number[] | string)[];
  readonly usage?: Usage;
}
