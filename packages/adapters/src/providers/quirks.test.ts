import type { JsonObject } from '@turnpike/core/json';
import { describe, expect, test } from 'vitest';

import { groq } from './groq.ts';
import { openai } from './openai.ts';

describe('OpenAI', () => {
  const fit = (body: JsonObject): JsonObject => openai.quirks?.request?.(body) ?? body;

  test.each([
    ['gpt-4o', { max_tokens: 5, temperature: 0.5 }, { max_tokens: 5, temperature: 0.5 }],
    ['gpt-4o', { reasoning_effort: 'high', max_tokens: 5 }, { max_tokens: 5 }],
    ['gpt-5-chat-latest', { max_tokens: 5, temperature: 0.5 }, { max_tokens: 5, temperature: 0.5 }],
    ['o3-mini', { max_tokens: 5, temperature: 0.5, top_p: 1, seed: 1 }, { max_completion_tokens: 5, seed: 1 }],
    ['gpt-5-nano', { max_completion_tokens: 7, max_tokens: 5 }, { max_completion_tokens: 7 }],
    ['gpt-5-mini-2025-08-07', { temperature: 1, reasoning_effort: 'low' }, { reasoning_effort: 'low' }],
    ['gpt-5.1', { max_tokens: 5, temperature: 0.7 }, { max_completion_tokens: 5, temperature: 0.7 }],
    ['gpt-5.1', { temperature: 0.7, reasoning_effort: 'high' }, { reasoning_effort: 'high' }],
    ['gpt-5.2', { temperature: 0.7, reasoning_effort: 'none' }, { temperature: 0.7, reasoning_effort: 'none' }],
    ['ft:o4-mini:acme', { max_tokens: 5 }, { max_completion_tokens: 5 }],
  ])('%s gets %j as %j', (model, body, expected) => {
    expect(JSON.parse(JSON.stringify(fit({ model, ...body })))).toEqual({ model, ...expected });
  });

  test('a body that fits is the same value, so that nothing is written anew', () => {
    const body = { model: 'gpt-5', messages: [], max_completion_tokens: 4 };
    expect(fit(body)).toBe(body);
    const embeddings = { model: 'text-embedding-3-small', input: 'x' };
    expect(fit(embeddings)).toBe(embeddings);
  });
});

describe('Groq', () => {
  const fit = (body: JsonObject): JsonObject => JSON.parse(JSON.stringify(groq.quirks?.request?.(body)));

  test.each([
    [
      { model: 'llama', logprobs: true, top_logprobs: 2, logit_bias: {}, n: 3 },
      { model: 'llama', n: 1 },
    ],
    [
      { model: 'llama', n: 1, reasoning_effort: 'high' },
      { model: 'llama', n: 1 },
    ],
    [
      { model: 'openai/gpt-oss-120b', reasoning_effort: 'xhigh' },
      { model: 'openai/gpt-oss-120b', reasoning_effort: 'high' },
    ],
    [
      { model: 'openai/gpt-oss-120b', reasoning_effort: 'minimal' },
      { model: 'openai/gpt-oss-120b', reasoning_effort: 'low' },
    ],
    [
      { model: 'qwen/qwen3-32b', reasoning_effort: 'high' },
      { model: 'qwen/qwen3-32b', reasoning_effort: 'default' },
    ],
    [
      { model: 'qwen/qwen3-32b', reasoning_effort: 'none' },
      { model: 'qwen/qwen3-32b', reasoning_effort: 'none' },
    ],
    [
      { model: 'llama', temperature: 0.5 },
      { model: 'llama', temperature: 0.5 },
    ],
  ])('%j goes as %j', (body, expected) => {
    expect(fit(body)).toEqual(expected);
  });
});
