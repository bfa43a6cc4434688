import { isSaneUsage, totalInputTokens, totalOutputTokens, type Usage } from '@turnpike/core/inference/usage';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { costFields } from '../../cost.ts';
import type { SettledUsage } from '../../lane.ts';
import { countOf, objectOf } from '../../loose.ts';

/**
 * A usage object of the OpenAI shape in disjoint buckets. `prompt_tokens` includes what was read from and written to
 * a prompt cache, and audio; `completion_tokens` includes reasoning, except where the total shows that it does not.
 * Undefined for a report that is missing, negative, fractional or absurd: it counts as not reported.
 */
export function parseUsage(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value) || (value['prompt_tokens'] === undefined && value['completion_tokens'] === undefined)) {
    return undefined;
  }
  const prompt = objectOf(value['prompt_tokens_details']);
  const completion = objectOf(value['completion_tokens_details']);
  const promptTokens = countOf(value['prompt_tokens']);
  const completionTokens = countOf(value['completion_tokens']);
  const cacheReadTokens = countOf(prompt['cached_tokens'] ?? value['prompt_cache_hit_tokens']);
  const cacheWrite5mTokens = countOf(prompt['cache_write_tokens'] ?? prompt['cache_creation_tokens']);
  // Audio that was read from the cache is counted there.
  const cachedAudio = countOf(objectOf(prompt['cached_tokens_details'])['audio_tokens']);
  const audioInputTokens = countOf(prompt['audio_tokens']) - cachedAudio;
  const audioOutputTokens = countOf(completion['audio_tokens']);
  const stated = countOf(completion['reasoning_tokens']);
  const total = countOf(value['total_tokens']);
  const isInside = total === promptTokens + completionTokens || stated <= completionTokens;
  const isReasoningApart = stated > 0 && (total === promptTokens + completionTokens + stated || !isInside);
  // Counted with another tokenizer, reasoning can come out larger than the whole that it is a part of.
  const reasoningTokens = isReasoningApart ? stated : Math.min(stated, completionTokens);
  const usage: Usage = {
    inputTokens: promptTokens - cacheReadTokens - cacheWrite5mTokens - audioInputTokens,
    cacheReadTokens,
    cacheWrite5mTokens,
    cacheWrite1hTokens: 0,
    audioInputTokens,
    outputTokens: completionTokens - audioOutputTokens - (isReasoningApart ? 0 : reasoningTokens),
    reasoningTokens,
    audioOutputTokens,
    webSearches: countOf(objectOf(value['server_tool_use'])['web_search_requests']),
  };
  return isSaneUsage(usage) ? usage : undefined;
}

/** The usage object of the OpenAI shape, with what the call cost. */
export function renderUsage(settled: SettledUsage): JsonObject {
  const { usage } = settled;
  const prompt = totalInputTokens(usage);
  const completion = totalOutputTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
      audio_tokens: usage.audioInputTokens,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.audioOutputTokens,
    },
    ...(usage.webSearches > 0 ? { server_tool_use: { web_search_requests: usage.webSearches } } : {}),
    ...costFields(settled),
  };
}
