import type { JsonObject } from '@turnpike/core/json';

import { defineProvider } from '../provider.ts';

/** https://console.groq.com/docs/openai */
export const groq = defineProvider({
  id: 'groq',
  name: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: { type: 'bearer' },
  speaks: { chat: { protocol: 'openai-chat', path: '/chat/completions' } },
  stopsOnCancel: false,
  quirks: { request: fitToModel },
});

/** The API refuses these fields, and more than one choice, with a 400. */
function fitToModel({ logprobs: _logprobs, top_logprobs: _top, logit_bias: _bias, ...body }: JsonObject): JsonObject {
  const { n, reasoning_effort: effort, ...rest } = body;
  const single = n === undefined || n === null || n === 1 ? body : { ...body, n: 1 };
  if (effort === undefined || effort === null) {
    return single;
  }
  const fitting = fittingEffort(typeof body['model'] === 'string' ? body['model'] : '', effort);
  return fitting === effort ? single : { ...rest, n: single['n'], reasoning_effort: fitting };
}

/** https://console.groq.com/docs/reasoning: one family knows efforts, another only on and off, the rest neither. */
function fittingEffort(model: string, effort: JsonObject[string]): JsonObject[string] {
  if (model.includes('gpt-oss')) {
    return effort === 'low' || effort === 'medium' || effort === 'high'
      ? effort
      : effort === 'minimal'
        ? 'low'
        : 'high';
  }
  return model.includes('qwen') ? (effort === 'none' ? 'none' : 'default') : undefined;
}
