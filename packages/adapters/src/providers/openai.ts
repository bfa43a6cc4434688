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

/** The o series and GPT-5 and later reason before they answer; `-chat` models of the family do not. */
const reasoningModel = /^(?:ft:)?(?:o\d|gpt-(?:[5-9]|\d\d)(?![\w.-]*-chat))/;
/** Reasoning models refuse these: https://platform.openai.com/docs/guides/reasoning */
const samplingFields = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'logit_bias',
];

function fitToModel(body: JsonObject): JsonObject {
  const model = typeof body['model'] === 'string' ? body['model'] : '';
  if (!reasoningModel.test(model)) {
    const { reasoning_effort: effort, ...rest } = body;
    return effort === undefined ? body : rest;
  }
  const { max_tokens: maxTokens, ...rest } = body;
  const renamed =
    maxTokens === undefined || maxTokens === null
      ? body
      : { ...rest, max_completion_tokens: rest['max_completion_tokens'] ?? maxTokens };
  // With reasoning switched off the newer models sample like any other.
  return body['reasoning_effort'] === 'none'
    ? renamed
    : Object.fromEntries(Object.entries(renamed).filter(([field]) => !samplingFields.includes(field)));
}
