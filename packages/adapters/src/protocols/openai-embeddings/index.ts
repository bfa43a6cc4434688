import type { JsonObject } from '@turnpike/core/json';

import type { EmbeddingsProtocol } from '../../protocol.ts';
import { spliceWholeAnswer } from '../../relay/splice-answer.ts';
import { parseError, renderError } from '../openai-chat/error.ts';
import { parseRequest, readRequestFacts, renderRequest } from './request.ts';
import { findProblem, parseResponse, parseUsage, renderResponse, renderUsage } from './response.ts';
import { gatewayFields } from './wire.ts';

/** Embeddings of texts, in the format that most of the field speaks. */
export const openaiEmbeddings: EmbeddingsProtocol = {
  name: 'openai-embeddings',
  operation: 'embeddings',
  forwardedHeaders: [],
  readRequestFacts,
  parseRequest,
  renderRequest,
  parseResponse,
  renderResponse,
  parseError,
  renderError,
  relay: {
    editRequest: (body, { keptFields }) =>
      Object.fromEntries(
        Object.entries(body).filter(([field]) => !gatewayFields.includes(field) || keptFields.includes(field)),
      ),
    readAnswer: (body: JsonObject) => {
      const usage = parseUsage(body['usage']);
      return (
        findProblem(body) ?? {
          usage,
          isUsageFinal: usage !== undefined,
          finishReason: undefined,
          nativeFinishReason: undefined,
          outputBytes: 0,
        }
      );
    },
    spliceAnswer: (bytes, body, model, settled) => spliceWholeAnswer(bytes, body, model, settled, renderUsage),
  },
};
