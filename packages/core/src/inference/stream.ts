import type { Json, JsonObject } from '../json.ts';
import type { UpstreamFailure } from './failure.ts';
import type { ProtocolName } from './request.ts';
import type { Usage } from './usage.ts';

/** Why a model stopped, in the words of the OpenAI shape; `native` keeps the vendor's own. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error';

/**
 * One thing that happened in an answer. Names are noun-verb. `choice` is the index of the alternative (`n > 1`);
 * `index` of a tool call is ours, given in order of appearance, because vendors number them differently or not at all.
 */
export type StreamEvent =
  | { readonly type: 'message-start'; readonly id: string; readonly model: string; readonly createdAtSeconds?: number }
  | { readonly type: 'text-delta'; readonly choice: number; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly choice: number; readonly text: string; readonly issuer: ProtocolName }
  | {
      readonly type: 'reasoning-signature';
      readonly choice: number;
      readonly signature: string;
      readonly issuer: ProtocolName;
    }
  | {
      readonly type: 'reasoning-redacted';
      readonly choice: number;
      readonly data: string;
      readonly issuer: ProtocolName;
    }
  | { readonly type: 'refusal-delta'; readonly choice: number; readonly text: string }
  | {
      readonly type: 'tool-call-start';
      readonly choice: number;
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly kind: 'function' | 'custom';
    }
  | { readonly type: 'tool-call-delta'; readonly choice: number; readonly index: number; readonly arguments: string }
  | { readonly type: 'citation'; readonly choice: number; readonly citation: Citation }
  | { readonly type: 'logprobs'; readonly choice: number; readonly logprobs: Json }
  /** A piece that only its own protocol knows (server tools, audio); rendered by that protocol, skipped by others. */
  | { readonly type: 'native'; readonly choice: number; readonly protocol: ProtocolName; readonly payload: JsonObject }
  | {
      readonly type: 'choice-end';
      readonly choice: number;
      readonly finishReason: FinishReason;
      readonly nativeFinishReason: string;
      readonly stopSequence?: string;
    }
  /** Totals so far, never increments: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage }
  /** The provider said that the answer is complete. A stream that ends without it was cut. */
  | { readonly type: 'message-end'; readonly serviceTier?: string; readonly systemFingerprint?: string }
  | { readonly type: 'error'; readonly failure: UpstreamFailure };

/** A source that an answer refers to. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly text?: string;
  /** Where the cited words stand in the choice's whole text, in UTF-16 units. */
  readonly startIndex?: number;
  readonly endIndex?: number;
  /** The vendor's own object, for a client of the same protocol. Its indexes may count otherwise than ours. */
  readonly native?: { readonly protocol: ProtocolName; readonly citation: JsonObject };
}
