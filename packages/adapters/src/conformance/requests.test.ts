import type { ProtocolName } from '@turnpike/core/inference/request';
import { numberOf, objectOf, tryParseJson } from '../loose.ts';
import { isJsonObject } from '@turnpike/core/json';
import { beforeAll, describe, expect, test } from 'vitest';

import { decodeText, encodeText } from '../framing/bytes.ts';
import { openLane } from '../open-lane.ts';
import { parseCall } from '../parse-call.ts';
import { findProvider } from '../registry.ts';
import { corpusSkipReason, loadCorpus, type Corpus, type Recording } from './corpus.ts';
import { contextFor } from './play.ts';
import { describePass } from './report.ts';

const protocolByEndpoint: Readonly<Record<string, ProtocolName>> = {
  chat: 'openai-chat',
  messages: 'anthropic-messages',
  embeddings: 'openai-embeddings',
};

describe.skipIf(corpusSkipReason !== undefined)(
  `recorded requests${corpusSkipReason === undefined ? '' : ` (${corpusSkipReason})`}`,
  () => {
    let corpus: Corpus;
    let accepted: readonly (Recording & { readonly requestBody: string })[];
    beforeAll(async () => {
      corpus = await loadCorpus(['openai', 'groq', 'anthropic'], Object.keys(protocolByEndpoint));
      accepted = corpus.recordings.flatMap((recording) => {
        // What the provider itself refused need not pass here either.
        const { requestBody } = recording;
        const isRequest =
          requestBody !== undefined && recording.status < 400 && isJsonObject(tryParseJson(requestBody));
        return isRequest ? [{ ...recording, requestBody }] : [];
      });
    });

    test('every request that a provider accepted is accepted at our border', () => {
      const refused = accepted.flatMap((recording) => {
        try {
          parseCall(protocolByEndpoint[recording.endpoint] ?? 'openai-chat', encodeText(recording.requestBody));
          return [];
        } catch (error) {
          return [`${recording.id}: ${String(error)}`];
        }
      });
      describePass('requests parsed', accepted.length, refused);
      expect(refused).toEqual([]);
    });

    test('every accepted chat request can be told in the other protocol, and keeps its words', () => {
      const broken = accepted
        .filter((recording) => recording.endpoint !== 'embeddings')
        .flatMap((recording) => {
          const provider = findProvider(recording.endpoint === 'chat' ? 'anthropic' : 'openai');
          if (provider === undefined) {
            throw new TypeError('A provider is not in the registry.');
          }
          const clientProtocol = protocolByEndpoint[recording.endpoint] ?? 'openai-chat';
          const lane = openLane(contextFor({ clientProtocol, clientBody: recording.requestBody, provider }));
          const body = tryParseJson(decodeText(lane.request.body));
          const isWhole = isJsonObject(body) && Array.isArray(body['messages']) && body['messages'].length > 0;
          return isWhole && lane.kind === 'translate' ? [] : [recording.id];
        });
      expect(broken).toEqual([]);
    });

    test('the bound of input tokens is never below what a provider reported', () => {
      const low = accepted
        .filter((recording) => recording.endpoint !== 'embeddings')
        .flatMap((recording) => {
          const reported = numberOf(objectOf(recording.facts['usage'])['inputTokens']);
          const call = parseCall(
            protocolByEndpoint[recording.endpoint] ?? 'openai-chat',
            encodeText(recording.requestBody),
          );
          return reported === undefined || call.inputTokensBound >= reported
            ? []
            : [`${recording.id}: bound ${call.inputTokensBound}, reported ${reported}`];
        });
      expect(low).toEqual([]);
    });
  },
);
