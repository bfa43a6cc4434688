import type { JsonObject } from '@turnpike/core/json';

import { defineProvider } from '../provider.ts';

/** https://platform.openai.com/docs/api-reference */
export const openai = defineProvider({
  id: 'openai',
  name: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  auth: { type: 'bearer' },
  speaks: {
    chat: { protocol: 'openai-chat', path: '/chat/completions' },
    embeddings: { protocol: 'openai-embeddings', path: '/embeddings' },
  },
  stopsOnCancel: true,
  quirks: { request: fitToModel },
});

/** The o series, and GPT-5 and later without their `-chat` models, reason before they answer. */
const reasoningModel = /^(?:ft:)?(?:o\d|gpt-(?:[5-9]|\d\d)(?!.*-chat))/;
/** These cannot be told not to reason; from 5.1 on a model reasons only when it is asked for an effort. */
const alwaysReasons = /^(?:ft:)?(?:o\d|gpt-5(?![.\d]))/;
/** A model that reasons refuses these: https://platform.openai.com/docs/guides/reasoning */
const samplingFields: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'logit_bias',
]);

function fitToModel(body: JsonObject): JsonObject {
  const { model, max_tokens: maxTokens, reasoning_effort: effort, ...rest } = body;
  if (typeof model !== 'string' || !reasoningModel.test(model)) {
    return effort === undefined ? body : { ...rest, model, max_tokens: maxTokens };
  }
  const limited = maxTokens === undefined || maxTokens === null ? body : renameLimit(body);
  const reasons = alwaysReasons.test(model) || (typeof effort === 'string' && effort !== 'none');
  return reasons && Object.keys(limited).some((field) => samplingFields.has(field))
    ? Object.fromEntries(Object.entries(limited).filter(([field]) => !samplingFields.has(field)))
    : limited;
}

function renameLimit({ max_tokens: maxTokens, ...body }: JsonObject): JsonObject {
  return { ...body, max_completion_tokens: body['max_completion_tokens'] ?? maxTokens };
}
