import type { Operation, ProtocolName } from '../inference/request.ts';
import type { Price } from './price.ts';

/** What a model can take and give; `undefined` limits are unknown. */
export interface ModelCapabilities {
  readonly inputModalities: readonly ('text' | 'image' | 'audio' | 'video' | 'document')[];
  readonly outputModalities: readonly ('text' | 'image' | 'audio' | 'embedding')[];
  readonly supportsTools: boolean;
  readonly supportsReasoning: boolean;
  readonly supportsJsonSchema: boolean;
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
}

/** What a caller names: `anthropic/claude-sonnet-5`. The author is part of the slug, not the serving provider. */
export interface Model {
  readonly slug: string;
  readonly name: string;
  readonly author: string;
  readonly aliases: readonly string[];
  readonly operation: Operation;
  readonly capabilities: ModelCapabilities;
  readonly createdAtSeconds: number;
}

/** A model as served by one provider. */
export interface Endpoint {
  /** Stable: `anthropic/claude-sonnet-5@anthropic`. */
  readonly id: string;
  readonly modelSlug: string;
  readonly providerId: string;
  /** The provider's own name of the model. */
  readonly upstreamModel: string;
  readonly operation: Operation;
  readonly protocol: ProtocolName;
  /** Undefined: nobody has told us the price; `unpriced` rules apply. */
  readonly price: Price | undefined;
  /** Where calls go and which credential they carry; undefined when the operator has no credential for it. */
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
}

/** An endpoint that a call may use, with the model that it serves (none for an unlisted model). */
export interface Candidate {
  readonly endpoint: Endpoint;
  readonly model: Model | undefined;
  /** True when the slug is not in the catalogue and the provider gets it as it is. */
  readonly isUnlisted: boolean;
  /** The price a call is held (and, when unpriced, provisionally charged) at. */
  readonly holdPrice: Price;
}
