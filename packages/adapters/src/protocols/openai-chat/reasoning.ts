import type { ProtocolName, ReasoningPart, ReasoningRequest } from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

import { stringOf } from '../../loose.ts';

/**
 * Who made a piece of reasoning, in the words of the `reasoning_details` that OpenRouter's clients know. Clients
 * check the word against a list, so that a new one of ours would be refused.
 */
const formatByIssuer: Readonly<Record<ProtocolName, string>> = {
  'anthropic-messages': 'anthropic-claude-v1',
  'openai-chat': 'unknown',
  'openai-embeddings': 'unknown',
};

/** Budgets from which on a budget of thinking tokens is called by the next word. */
const mediumBudgetTokens = 4_096;
const highBudgetTokens = 16_384;

/** The effort that stands for a budget of thinking tokens, where a model knows only words. */
export function effortOfBudget(budgetTokens: number): string {
  return budgetTokens >= highBudgetTokens ? 'high' : budgetTokens >= mediumBudgetTokens ? 'medium' : 'low';
}

/** The one word with which this protocol asks for reasoning; undefined leaves it to the model. */
export function renderEffort(reasoning: ReasoningRequest | undefined): string | undefined {
  if (reasoning === undefined || (reasoning.isEnabled === false && reasoning.effort === undefined)) {
    return undefined;
  }
  if (reasoning.effort !== undefined) {
    // The other vendors' strongest word has no equal here.
    return reasoning.effort === 'max' ? 'high' : reasoning.effort;
  }
  return reasoning.budgetTokens === undefined ? undefined : effortOfBudget(reasoning.budgetTokens);
}

/** One entry of `reasoning_details`. */
export function renderDetail(
  kind: 'text' | 'signature' | 'encrypted',
  value: string,
  issuer: ProtocolName,
  index: number,
): JsonObject {
  const rest = { format: formatByIssuer[issuer], index };
  switch (kind) {
    case 'text':
      return { type: 'reasoning.text', text: value, ...rest };
    case 'signature':
      return { type: 'reasoning.text', signature: value, ...rest };
    case 'encrypted':
      return { type: 'reasoning.encrypted', data: value, ...rest };
  }
}

/** A part of an answer as an entry of `reasoning_details`. */
export function renderReasoningPart(part: ReasoningPart, index: number): JsonObject {
  return part.redacted !== undefined
    ? renderDetail('encrypted', part.redacted, part.issuer, index)
    : {
        ...renderDetail('text', part.text, part.issuer, index),
        ...(part.signature === undefined ? {} : { signature: part.signature }),
      };
}

/** The issuer that an entry's `format` names; an unknown one is of this protocol. */
export function issuerOf(format: string | null | undefined): ProtocolName {
  return format?.startsWith('anthropic-') === true ? 'anthropic-messages' : 'openai-chat';
}

interface Detail {
  readonly type: string;
  readonly text?: string | null | undefined;
  readonly summary?: string | null | undefined;
  readonly data?: string | null | undefined;
  readonly signature?: string | null | undefined;
  readonly format?: string | null | undefined;
}

/** What one entry of `reasoning_details` adds, in order: text, then a signature, or encrypted data. */
export interface DetailPiece {
  readonly kind: 'text' | 'signature' | 'encrypted';
  readonly value: string;
  readonly issuer: ProtocolName;
}

/** Reads an entry; unknown kinds say nothing. */
export function readDetail(detail: Detail): readonly DetailPiece[] {
  const issuer = issuerOf(detail.format);
  if (detail.type === 'reasoning.encrypted') {
    return typeof detail.data === 'string' && detail.data !== ''
      ? [{ kind: 'encrypted', value: detail.data, issuer }]
      : [];
  }
  const pieces: DetailPiece[] = [];
  const text = detail.text ?? detail.summary ?? '';
  if (text !== '') {
    pieces.push({ kind: 'text', value: text, issuer });
  }
  if (typeof detail.signature === 'string' && detail.signature !== '') {
    pieces.push({ kind: 'signature', value: detail.signature, issuer });
  }
  return pieces;
}

/** An entry of a provider's, read leniently. */
export function looseDetail(detail: JsonObject): Detail {
  return {
    type: stringOf(detail['type']) ?? '',
    text: stringOf(detail['text']),
    summary: stringOf(detail['summary']),
    data: stringOf(detail['data']),
    signature: stringOf(detail['signature']),
    format: stringOf(detail['format']),
  };
}

/** The reasoning parts that a list of entries adds up to: pieces of one thought come one by one from a stream. */
export function joinDetails(details: readonly Detail[]): ReasoningPart[] {
  const parts: { type: 'reasoning'; text: string; signature?: string; redacted?: string; issuer: ProtocolName }[] = [];
  for (const { kind, value, issuer } of details.flatMap(readDetail)) {
    const last = parts.at(-1);
    const isOpen = last?.issuer === issuer && last.signature === undefined && last.redacted === undefined;
    if (kind === 'encrypted') {
      parts.push({ type: 'reasoning', text: '', redacted: value, issuer });
    } else if (kind === 'text') {
      if (isOpen) {
        last.text += value;
      } else {
        parts.push({ type: 'reasoning', text: value, issuer });
      }
    } else if (isOpen) {
      last.signature = value;
    } else {
      parts.push({ type: 'reasoning', text: '', signature: value, issuer });
    }
  }
  return parts;
}
