import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JsonObject } from '@turnpike/core/json';
import { describe, expect, test } from 'vitest';

import { contextFor, settle } from '../../conformance/play.ts';
import { decodeText, encodeText } from '../../framing/bytes.ts';
import { objectOf, tryParseJson } from '../../loose.ts';
import { openLane } from '../../open-lane.ts';
import { isFailure } from '../../protocol.ts';
import { openai } from '../../providers/openai.ts';
import { openaiEmbeddings } from './index.ts';

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
}

function read(name: string): JsonObject {
  return objectOf(tryParseJson(fixture(name)));
}

const settled = settle({
  usage: undefined,
  isUsageFinal: false,
  finishReason: undefined,
  nativeFinishReason: undefined,
  outputBytes: 0,
});
const target = {
  upstreamModel: 'embed-fixture',
  outputLimit: undefined,
  maxOutputTokens: undefined,
  takesReasoningBack: false,
  takesCacheMarks: false,
};

describe('embeddings', () => {
  test.each(['floats', 'base64', 'tokens'])('the request %s is read back as it was rendered', (name) => {
    const parsed = openaiEmbeddings.parseRequest(read(`${name}.request.json`));
    expect(openaiEmbeddings.parseRequest(openaiEmbeddings.renderRequest(parsed, target).body)).toEqual(parsed);
  });

  test.each(['floats', 'base64'])('the answer %s is read back as it was rendered', (name) => {
    const parsed = openaiEmbeddings.parseResponse(read(`${name}.response.json`));
    if (isFailure(parsed)) {
      throw new TypeError(parsed.message);
    }
    const rendered = openaiEmbeddings.renderResponse(parsed, {
      model: parsed.model,
      settled: { ...settled, usage: parsed.usage ?? settled.usage },
      fallbackId: 'f',
      nowSeconds: 1,
    });
    expect(openaiEmbeddings.parseResponse(rendered)).toEqual(parsed);
  });

  test('vectors are put in the order of their inputs', () => {
    const parsed = openaiEmbeddings.parseResponse({
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: [1] },
      ],
    });
    expect(parsed).toMatchObject({ embeddings: [[1], [2]] });
  });

  test('an answer keeps every byte but the model and the cost beside the usage', () => {
    const lane = openLane(
      contextFor({
        clientProtocol: 'openai-embeddings',
        clientBody: '{"model":"ours/e","provider":{},"input":[1, 2],"x":1.0}',
        provider: openai,
        upstreamModel: 'e',
      }),
    );
    expect(lane.kind).toBe('relay');
    expect(decodeText(lane.request.body)).toBe('{"model":"e","input":[1, 2],"x":1.0}');
    expect(lane.request.path).toBe('/embeddings');
    const body =
      '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1000, -0.25]}],"model":"e-2","usage":{"prompt_tokens":2,"total_tokens":2}}';
    const answer = lane.readAnswer(200, {}, encodeText(body));
    expect(isFailure(answer) ? '' : decodeText(answer.render(settle(answer)))).toBe(
      body
        .replace('"e-2"', '"ours/e"')
        .replace('"total_tokens":2}', '"total_tokens":2,"cost":0.000001234,"cost_nano_usd":"1234","is_byok":false}'),
    );
    expect(() => lane.openStream()).toThrow(TypeError);
  });

  test.each([
    ['{"data":[]}', 'malformed'],
    ['{}', 'malformed'],
    ['{"error":{"message":"no such model","code":"model_not_found"}}', 'rejected'],
    ['[]', 'malformed'],
  ])('the answer %s is a failure', (body, kind) => {
    const lane = openLane(
      contextFor({ clientProtocol: 'openai-embeddings', clientBody: '{"model":"e","input":"x"}', provider: openai }),
    );
    expect(lane.readAnswer(200, {}, encodeText(body))).toMatchObject({ kind });
  });
});
