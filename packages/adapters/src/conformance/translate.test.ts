import type { ProtocolName } from '@turnpike/core/inference/request';
import type { Json, JsonObject } from '@turnpike/core/json';
import { beforeAll, describe, expect, test } from 'vitest';

import { encodeText } from '../framing/bytes.ts';
import { numberOf, objectOf, stringOf } from '../loose.ts';
import { findProvider } from '../registry.ts';
import { corpusSkipReason, loadCorpus, type Corpus, type Recording } from './corpus.ts';
import { cutAtRandom, play } from './play.ts';
import { describePass } from './report.ts';
import { isSameJson } from './same-json.ts';

interface Direction {
  readonly name: string;
  /** The provider's endpoint, whose recordings are played. */
  readonly endpoint: string;
  readonly clientProtocol: ProtocolName;
  /** The endpoint whose format the client reads. */
  readonly clientEndpoint: string;
  readonly finishWords: Readonly<Record<string, string>>;
}

const directions: readonly Direction[] = [
  {
    name: 'chat completions to a client of messages',
    endpoint: 'chat',
    clientProtocol: 'anthropic-messages',
    clientEndpoint: 'messages',
    finishWords: {
      stop: 'end_turn',
      length: 'max_tokens',
      tool_calls: 'tool_use',
      function_call: 'tool_use',
      content_filter: 'refusal',
    },
  },
  {
    name: 'messages to a client of chat completions',
    endpoint: 'messages',
    clientProtocol: 'openai-chat',
    clientEndpoint: 'chat',
    finishWords: {
      end_turn: 'stop',
      stop_sequence: 'stop',
      pause_turn: 'stop',
      tool_use: 'tool_calls',
      max_tokens: 'length',
      refusal: 'content_filter',
    },
  },
];

function clientBody(direction: Direction, isStream: boolean): string {
  const body = { model: 'm', max_tokens: 64, stream: isStream, messages: [{ role: 'user', content: 'Hi' }] };
  return JSON.stringify(
    direction.clientProtocol === 'openai-chat' && isStream
      ? { ...body, stream_options: { include_usage: true } }
      : body,
  );
}

/** What both dialects can say of an answer. */
function comparable(facts: JsonObject, finish: Json | undefined): JsonObject {
  const usage = objectOf(facts['usage']);
  return {
    text: `${stringOf(facts['text']) ?? ''}${stringOf(facts['refusal']) ?? ''}`,
    reasoning: facts['reasoning'],
    toolCalls: facts['toolCalls'],
    finish,
    inputTokens: usage['inputTokens'],
    outputTokens: usage['outputTokens'],
    cacheReadTokens: numberOf(usage['cacheReadTokens']) ?? 0,
  };
}

function expectedOf(direction: Direction, recording: Recording): JsonObject {
  const native = stringOf(recording.facts['finish']) ?? '';
  const word = direction.finishWords[native];
  const hasCalls = Array.isArray(recording.facts['toolCalls']) && recording.facts['toolCalls'].length > 0;
  const isRefused = recording.facts['refusal'] !== undefined && word === 'end_turn';
  // A forced tool ends with `stop` at this vendor; the other dialect always calls it a call.
  return comparable(recording.facts, hasCalls && word === 'end_turn' ? 'tool_use' : isRefused ? 'refusal' : word);
}

/** Facts that the tool does not read, or that only the provider's own dialect can say. */
function reasonToSkip(recording: Recording): string | undefined {
  if (recording.status >= 400) {
    return 'error';
  }
  if (recording.responseBody.includes('"function_call":{') || recording.responseBody.includes('"function_call": {')) {
    return 'the facts of the older function_call are not read';
  }
  if (recording.facts['kind'] !== 'generation') {
    return 'no generation';
  }
  return recording.facts['streamError'] === undefined ? undefined : 'broken stream: see the relay test';
}

describe.skipIf(corpusSkipReason !== undefined)(
  `recorded answers translated${corpusSkipReason === undefined ? '' : ` (${corpusSkipReason})`}`,
  () => {
    let corpus: Corpus;
    beforeAll(async () => {
      corpus = await loadCorpus(['openai', 'groq', 'anthropic'], ['chat', 'messages']);
    });

    test.each(directions)('$name carry text, calls, reasoning, the reason of the end and usage', (direction) => {
      const failed: string[] = [];
      const played = corpus.recordings.filter(
        (recording) => recording.endpoint === direction.endpoint && reasonToSkip(recording) === undefined,
      );
      for (const recording of played) {
        const provider = findProvider(
          recording.endpoint === 'chat' && recording.provider === 'anthropic' ? 'openai' : recording.provider,
        );
        if (provider === undefined) {
          throw new TypeError(`No provider ${recording.provider}.`);
        }
        const received = play({
          clientProtocol: direction.clientProtocol,
          clientBody: clientBody(direction, recording.isStream),
          provider,
          status: recording.status,
          headers: recording.responseHeaders,
          pieces: cutAtRandom(encodeText(recording.responseBody), 7),
          isStream: recording.isStream,
        });
        const facts = corpus.readFacts({
          ...recording,
          endpoint: direction.clientEndpoint,
          responseBody: received.text,
          responseBodyEncoding: 'utf8',
        });
        const expected = expectedOf(direction, recording);
        const actual = comparable(facts, facts['finish']);
        const isUsageKnown = recording.facts['usage'] !== undefined;
        const withUsage = isUsageKnown
          ? actual
          : { ...actual, inputTokens: undefined, outputTokens: undefined, cacheReadTokens: 0 };
        if (!isSameJson(withUsage, expected)) {
          failed.push(recording.id);
        }
      }
      describePass(`translate, ${direction.name}`, played.length, failed);
      expect((played.length - failed.length) / played.length, failed.join(' ')).toBeGreaterThanOrEqual(0.95);
    });
  },
);
