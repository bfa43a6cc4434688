import type { InferenceRequest, Message } from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

import type { ModelTraits } from './model-traits.ts';

/** Smallest budget of thinking that the vendor accepts. */
export const minimumBudgetTokens = 1_024;
/** More thinking than this needs another way of calling (batches), says the vendor's guide. */
const maximumBudgetTokens = 32_000;
/** What is left for the answer when a budget would take everything. */
const minimumAnswerTokens = 1;

/** Share of the output limit that an effort may think for; the same shares as OpenRouter documents. */
const shareByEffort: Readonly<Record<string, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
};

/** Efforts that `output_config` knows; others become their neighbour. */
const effortWords: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'max',
};

export interface RenderedReasoning {
  readonly thinking: JsonObject | undefined;
  readonly effort: string | undefined;
  /** Reasoning was asked for and the model or the rest of the request rules it out. */
  readonly isDropped: boolean;
}

const nothing: RenderedReasoning = { thinking: undefined, effort: undefined, isDropped: false };

/** How a model of this protocol is asked to think. `maxTokens` is the limit of thinking and answer together. */
export function renderReasoning(request: InferenceRequest, traits: ModelTraits, maxTokens: number): RenderedReasoning {
  const { reasoning } = request;
  if (reasoning === undefined) {
    return nothing;
  }
  if (reasoning.isEnabled === false || reasoning.effort === 'none') {
    return { ...nothing, thinking: traits.thinking === 'none' ? undefined : { type: 'disabled' } };
  }
  const isForced = request.toolChoice?.type === 'required' || request.toolChoice?.type === 'tool';
  if (traits.thinking === 'none' || isForced) {
    // A forced tool rules thinking out, and the tool is what the caller insists on.
    return { ...nothing, isDropped: true };
  }
  const display = reasoning.isHidden === true ? { display: 'omitted' } : {};
  if (traits.thinking === 'adaptive') {
    const effort = reasoning.effort === undefined ? undefined : (effortWords[reasoning.effort] ?? reasoning.effort);
    return { thinking: { type: 'adaptive', ...display }, effort, isDropped: false };
  }
  const share = shareByEffort[reasoning.effort ?? 'medium'] ?? 0.5;
  const wanted = reasoning.budgetTokens ?? Math.floor(maxTokens * share);
  const budget = Math.min(Math.max(wanted, minimumBudgetTokens), maximumBudgetTokens, maxTokens - minimumAnswerTokens);
  if (budget < minimumBudgetTokens || continuesUnsignedCall(request.messages)) {
    return { ...nothing, isDropped: true };
  }
  return { thinking: { type: 'enabled', budget_tokens: budget, ...display }, effort: undefined, isDropped: false };
}

/**
 * While a tool loop runs, these models expect the thinking that led to the call in front of it. A client that did not
 * send it back (or got it from another vendor) can only go on without thinking.
 */
function continuesUnsignedCall(messages: readonly Message[]): boolean {
  const lastCall = messages.findLast((message) => message.role !== 'tool');
  return (
    messages.at(-1)?.role === 'tool' &&
    lastCall?.role === 'assistant' &&
    !lastCall.content.some(
      (part) =>
        part.type === 'reasoning' &&
        part.issuer === 'anthropic-messages' &&
        (part.signature !== undefined || part.redacted !== undefined),
    )
  );
}
