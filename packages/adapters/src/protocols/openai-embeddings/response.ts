import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { EmbeddingsResponse } from '@turnpike/core/inference/response';
import { isSaneUsage, totalInputTokens, zeroUsage, type Usage } from '@turnpike/core/inference/usage';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { costFields } from '../../cost.ts';
import { malformed } from '../../failures.ts';
import type { SettledUsage } from '../../lane.ts';
import { compact, countOf, numberOf, objectsOf } from '../../loose.ts';
import type { RenderResponseOptions } from '../../protocol.ts';
import { parseError } from '../openai-chat/error.ts';

/** A list of embeddings in canonical form, or why it is none. */
export function parseResponse(body: Json): EmbeddingsResponse | UpstreamFailure {
  const problem = findProblem(body);
  if (!isJsonObject(body) || problem !== undefined) {
    return problem ?? malformed('The provider answered with something that is not a JSON object.', 200);
  }
  const rows = objectsOf(body['data']);
  const ordered = rows.toSorted((left, right) => (numberOf(left['index']) ?? 0) - (numberOf(right['index']) ?? 0));
  const embeddings: (string | readonly number[])[] = [];
  for (const { embedding } of ordered) {
    if (typeof embedding === 'string') {
      embeddings.push(embedding);
    } else if (Array.isArray(embedding)) {
      embeddings.push(embedding.filter((value) => typeof value === 'number'));
    } else {
      return malformed('The provider answered with an embedding that is neither numbers nor base64.', 200);
    }
  }
  return compact({
    model: typeof body['model'] === 'string' ? body['model'] : '',
    embeddings,
    usage: parseUsage(body['usage']),
  });
}

/** Why a body is no list of embeddings, without looking at the vectors. */
export function findProblem(body: Json): UpstreamFailure | undefined {
  if (!isJsonObject(body)) {
    return malformed('The provider answered with something that is not a JSON object.', 200);
  }
  if (Array.isArray(body['data']) && body['data'].length > 0) {
    return undefined;
  }
  return body['error'] === undefined || body['error'] === null
    ? malformed('The provider answered without any embedding.', 200)
    : parseError({ status: 200, headers: {}, body, text: '' });
}

/** Usage of an embeddings call: some vendors report the total alone. Nonsense counts as not reported. */
export function parseUsage(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value) || (value['prompt_tokens'] === undefined && value['total_tokens'] === undefined)) {
    return undefined;
  }
  const usage = { ...zeroUsage, inputTokens: countOf(value['prompt_tokens'] ?? value['total_tokens']) };
  return isSaneUsage(usage) ? usage : undefined;
}

/** The usage object, with what the call cost. */
export function renderUsage(settled: SettledUsage): JsonObject {
  const tokens = totalInputTokens(settled.usage);
  return { prompt_tokens: tokens, total_tokens: tokens, ...costFields(settled) };
}

/** The list that a client gets. */
export function renderResponse(response: EmbeddingsResponse, options: RenderResponseOptions): JsonObject {
  return {
    object: 'list',
    data: response.embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: options.model,
    usage: renderUsage(options.settled),
  };
}
