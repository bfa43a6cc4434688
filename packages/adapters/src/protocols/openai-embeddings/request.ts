import type { EmbeddingsRequest } from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

import { cleanEndUser } from '../../end-user.ts';
import { InputBound } from '../../input-bound.ts';
import { compact } from '../../loose.ts';
import type { RenderedRequest, RenderTarget, RequestFacts } from '../../protocol.ts';
import { parseStrict } from '../../strict.ts';
import { embeddingsRequest, gatewayFields, type EmbeddingsBody } from './wire.ts';

const knownFields: ReadonlySet<string> = new Set([...Object.keys(embeddingsRequest.shape), ...gatewayFields]);

/** What admission and routing must know of a request for embeddings. Throws GatewayError `invalid_request`. */
export function readRequestFacts(body: JsonObject): RequestFacts {
  const request = parseStrict(embeddingsRequest, body);
  const bound = new InputBound();
  // Each text of a batch may be framed like a message; a token given as a number takes two bytes at least.
  bound.addMessages(Array.isArray(request.input) ? request.input.length : 1);
  return {
    model: request.model,
    isStream: false,
    wantsUsage: true,
    maxOutputTokens: undefined,
    choiceCount: 1,
    searchesBound: 0,
    endUser: cleanEndUser(request.user),
    needs: { tools: false, jsonSchema: false, images: false, audio: false, documents: false },
    mediaCharacters: bound.mediaCharacters,
    hiddenTokens: bound.hiddenTokens,
  };
}

/** A client's body in canonical form. Throws GatewayError `invalid_request`. */
export function parseRequest(body: JsonObject): EmbeddingsRequest {
  const request = parseStrict(embeddingsRequest, body);
  return compact({
    protocol: 'openai-embeddings' as const,
    model: request.model,
    input: parseInput(request.input),
    dimensions: request.dimensions ?? undefined,
    encoding: request.encoding_format ?? 'float',
    endUser: cleanEndUser(request.user),
    extensions: Object.fromEntries(Object.entries(body).filter(([field]) => !knownFields.has(field))),
  });
}

function parseInput(input: EmbeddingsBody['input']): EmbeddingsRequest['input'] {
  if (typeof input === 'string') {
    return [input];
  }
  const texts: (string | readonly number[])[] = [];
  const tokens: number[] = [];
  for (const item of input) {
    if (typeof item === 'number') {
      tokens.push(item);
    } else {
      texts.push(item);
    }
  }
  // A flat list of numbers is one text, given as tokens.
  return tokens.length > 0 ? [tokens] : texts;
}

/** A canonical request in this protocol. */
export function renderRequest(request: EmbeddingsRequest, target: RenderTarget): RenderedRequest {
  return {
    body: {
      ...request.extensions,
      ...compact({
        model: target.upstreamModel,
        input: request.input,
        encoding_format: request.encoding,
        dimensions: request.dimensions,
        user: request.endUser,
      }),
    },
    droppedParams: [],
    hints: {},
  };
}
