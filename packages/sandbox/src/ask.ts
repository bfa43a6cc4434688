import { countPromptTokens } from './tokens.ts';

/** A stretch of the prompt, in the order a model reads it: tools, system, then the turns. */
export interface PromptBlock {
  /** Stable text of the block, for counting and for recognising a prefix that was seen before. */
  readonly text: string;
  readonly tokens: number;
  /** The caller asked that the prompt up to and including this block be cached for so long. */
  readonly cacheFor?: '5m' | '1h';
}

/** A function the caller offers. */
export interface OfferedTool {
  readonly name: string;
  /** JSON Schema of its arguments. */
  readonly schema: unknown;
}

/** May call, must not, must call any, must call the one named. */
export type ToolChoice = 'auto' | 'none' | 'any' | { readonly name: string };

/** What a client asked for, whatever dialect it spoke. */
export interface Ask {
  readonly model: string;
  readonly isStream: boolean;
  readonly prompt: readonly PromptBlock[];
  /** Text of the last message the user wrote; tool results are not that. */
  readonly lastUserText: string;
  /** True when the last message brings results of tools that were called after the user's message. */
  readonly endsWithToolResult: boolean;
  readonly tools: readonly OfferedTool[];
  readonly toolChoice: ToolChoice;
  readonly mayCallInParallel: boolean;
  readonly format: { readonly kind: 'text' } | { readonly kind: 'json'; readonly schema: unknown };
  /** Ceiling of generated tokens, reasoning included. */
  readonly maxTokens?: number;
  readonly stopSequences: readonly string[];
  readonly choices: number;
  readonly reasoningTokens: number;
}

/** A prompt block with the tokens of its text and so many besides for framing or media. */
export function promptBlock(text: string, extraTokens = 0, cacheFor?: '5m' | '1h'): PromptBlock {
  const tokens = countPromptTokens(text) + extraTokens;
  return cacheFor === undefined ? { text, tokens } : { text, tokens, cacheFor };
}

/** An image counts as one at a vendor's high detail, 1024 pixels square. */
export const tokensPerImage = 765;
/** Likewise when the caller asks for low detail. */
export const tokensPerSmallImage = 85;
/** A document counts as a page of dense text. */
export const tokensPerDocument = 1_500;
/** Role and separators of one message. */
export const tokensPerMessage = 4;

/** Tokens of the whole prompt. */
export function promptTokens(ask: Ask): number {
  let total = 0;
  for (const block of ask.prompt) total += block.tokens;
  return total;
}
