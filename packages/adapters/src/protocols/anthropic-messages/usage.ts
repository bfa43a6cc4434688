import { isSaneUsage, totalOutputTokens, type Usage } from '@turnpike/core/inference/usage';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { costFields } from '../../cost.ts';
import type { SettledUsage } from '../../lane.ts';
import { countOf, numberOf, objectOf, objectsOf } from '../../loose.ts';

/**
 * A usage object of this protocol in disjoint buckets: `input_tokens` already leaves out what was read from and
 * written to a cache. Undefined for a report that is missing, negative, fractional or absurd.
 */
export function parseUsage(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value) || (value['input_tokens'] === undefined && value['output_tokens'] === undefined)) {
    return undefined;
  }
  // The totals count the model's own turns; what an advisor or a compaction used stands in its iteration alone.
  const extra = objectsOf(value['iterations']).filter((iteration) => iteration['type'] !== 'message');
  const usage = [value, ...extra].map(readCounts).reduce(addUsage);
  return isSaneUsage(usage) ? usage : undefined;
}

function readCounts(counts: JsonObject): Usage {
  const written = countOf(counts['cache_creation_input_tokens']);
  const split = objectOf(counts['cache_creation']);
  const write1h = countOf(split['ephemeral_1h_input_tokens']);
  const reasoningTokens = countOf(objectOf(counts['output_tokens_details'])['thinking_tokens']);
  return {
    inputTokens: countOf(counts['input_tokens']),
    cacheReadTokens: countOf(counts['cache_read_input_tokens']),
    // Older answers give the sum alone, which then was written for five minutes.
    cacheWrite5mTokens: Math.max(written - write1h, countOf(split['ephemeral_5m_input_tokens'])),
    cacheWrite1hTokens: write1h,
    audioInputTokens: 0,
    outputTokens: countOf(counts['output_tokens']) - reasoningTokens,
    reasoningTokens,
    audioOutputTokens: 0,
    webSearches: countOf(objectOf(counts['server_tool_use'])['web_search_requests']),
  };
}

function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    cacheReadTokens: left.cacheReadTokens + right.cacheReadTokens,
    cacheWrite5mTokens: left.cacheWrite5mTokens + right.cacheWrite5mTokens,
    cacheWrite1hTokens: left.cacheWrite1hTokens + right.cacheWrite1hTokens,
    audioInputTokens: left.audioInputTokens + right.audioInputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    audioOutputTokens: left.audioOutputTokens + right.audioOutputTokens,
    webSearches: left.webSearches + right.webSearches,
  };
}

/** A later report over an earlier one: streams tell the input first and the output last, each count as a total. */
export function mergeReports(earlier: JsonObject, later: Json | undefined): JsonObject {
  return isJsonObject(later)
    ? { ...earlier, ...Object.fromEntries(Object.entries(later).filter(([, count]) => count !== null)) }
    : earlier;
}

/** Whether a report of a stream says how much was written. */
export function tellsOutput(report: Json | undefined): boolean {
  return numberOf(objectOf(report)['output_tokens']) !== undefined;
}

/** The usage object of this protocol, with what the call cost. */
export function renderUsage(settled: SettledUsage): JsonObject {
  const { usage } = settled;
  return {
    input_tokens: usage.inputTokens + usage.audioInputTokens,
    cache_creation_input_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5mTokens,
      ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
    },
    output_tokens: totalOutputTokens(usage),
    ...(usage.reasoningTokens > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } } : {}),
    ...(usage.webSearches > 0 ? { server_tool_use: { web_search_requests: usage.webSearches } } : {}),
    ...costFields(settled),
  };
}
