import type { ProtocolName } from '@turnpike/core/inference/request';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';
import { beforeAll, describe, expect, test } from 'vitest';

import { encodeText } from '../framing/bytes.ts';
import { stringOf, tryParseJson } from '../loose.ts';
import { findProvider } from '../registry.ts';
import { corpusSkipReason, loadCorpus, type Corpus, type Recording } from './corpus.ts';
import { cutAtRandom, cutEachByte, play } from './play.ts';
import { describePass } from './report.ts';
import { isSameJson } from './same-json.ts';

const providers = ['openai', 'groq', 'anthropic'];
const protocolByEndpoint: Readonly<Record<string, ProtocolName>> = {
  chat: 'openai-chat',
  messages: 'anthropic-messages',
  embeddings: 'openai-embeddings',
};
const minimalBody: Readonly<Record<string, string>> = {
  chat: '{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
  messages: '{"model":"m","max_tokens":16,"messages":[{"role":"user","content":"Hi"}]}',
  embeddings: '{"model":"m","input":"Hi"}',
};

/** A recording is played to a client of its own protocol; one whose recorded body we refuse gets a minimal one. */
function bodyOf(recording: Recording): string {
  const body = recording.requestBody === undefined ? undefined : tryParseJson(recording.requestBody);
  const isUsable = isJsonObject(body) && recording.status < 400;
  return isUsable ? (recording.requestBody ?? '') : (minimalBody[recording.endpoint] ?? '');
}

/** Answers to clients of the chat endpoint can come from a provider that natively speaks another protocol. */
function providerOf(recording: Recording): string {
  return recording.provider === 'anthropic' && recording.endpoint === 'chat' ? 'openai' : recording.provider;
}

function receivedFacts(corpus: Corpus, recording: Recording, pieces: readonly Uint8Array[]): JsonObject {
  const provider = findProvider(providerOf(recording));
  if (provider === undefined) {
    throw new TypeError(`No provider ${recording.provider}.`);
  }
  const played = play({
    clientProtocol: protocolByEndpoint[recording.endpoint] ?? 'openai-chat',
    clientBody: bodyOf(recording),
    provider,
    status: recording.status,
    headers: recording.responseHeaders,
    pieces,
    isStream: recording.isStream,
  });
  if (recording.status >= 400) {
    return { kind: 'error', message: played.failureMessage };
  }
  return corpus.readFacts({ ...recording, responseBody: played.text, responseBodyEncoding: 'utf8' });
}

/** What must arrive; usage that the provider did not report is ours to add. */
function expectedFacts(recording: Recording, received: JsonObject): JsonObject {
  if (recording.status >= 400) {
    // Key material is the one thing that does not pass.
    const message = stringOf(recording.facts['message']) ?? '';
    return { kind: 'error', message: message.replace(/(API key provided: )[^ ]+(?=\. You)/, '$1[redacted]') };
  }
  return recording.facts['usage'] === undefined ? { ...recording.facts, usage: received['usage'] } : recording.facts;
}

const cuts: Readonly<Record<string, (bytes: Uint8Array) => readonly Uint8Array[]>> = {
  'in one piece': (bytes) => [bytes],
  'cut at random offsets': (bytes) => cutAtRandom(bytes, bytes.length),
  'cut at every byte': cutEachByte,
};

describe.skipIf(corpusSkipReason !== undefined)(
  `recorded answers relayed${corpusSkipReason === undefined ? '' : ` (${corpusSkipReason})`}`,
  () => {
    let corpus: Corpus;
    beforeAll(async () => {
      corpus = await loadCorpus(providers, Object.keys(protocolByEndpoint));
    });

    test.each(Object.keys(cuts))('what a client receives says what the provider said, %s', (name) => {
      const failed: string[] = [];
      for (const recording of corpus.recordings) {
        const received = receivedFacts(corpus, recording, cuts[name]?.(encodeText(recording.responseBody)) ?? []);
        if (!isSameJson(received, expectedFacts(recording, received))) {
          failed.push(recording.id);
        }
      }
      const total = corpus.recordings.length;
      describePass(`relay, ${name}`, total, failed);
      expect((total - failed.length) / total, failed.join(' ')).toBeGreaterThanOrEqual(0.98);
    });
  },
);
