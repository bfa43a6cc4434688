import type { Operation, ProtocolName } from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

/** What the call needs of a model, so that only endpoints which can serve it are planned. */
export interface CallNeeds {
  readonly tools: boolean;
  readonly jsonSchema: boolean;
  readonly images: boolean;
  readonly audio: boolean;
  readonly documents: boolean;
}

/** A client's call, read and checked once at the border. */
export interface ParsedCall {
  readonly protocol: ProtocolName;
  readonly operation: Operation;
  /** As the client wrote it. */
  readonly model: string;
  readonly isStream: boolean;
  /** The client asked for usage in its stream. */
  readonly wantsUsage: boolean;
  readonly maxOutputTokens: number | undefined;
  readonly choiceCount: number;
  /** At most 256 characters, control characters and lone surrogates removed. */
  readonly endUser: string | undefined;
  /** An upper bound of input tokens (money-protocol.md §1): never below what any provider reports. */
  readonly inputTokensBound: number;
  readonly needs: CallNeeds;
  readonly bytes: Uint8Array;
  readonly body: JsonObject;
}
