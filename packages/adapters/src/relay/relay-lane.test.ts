import type { Json, JsonObject } from '@turnpike/core/json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { contextFor, settle } from '../conformance/play.ts';
import { decodeText, encodeText } from '../framing/bytes.ts';
import { scanObject } from '../framing/scan.ts';
import type { LaneContext } from '../lane.ts';
import { openLane } from '../open-lane.ts';
import { isFailure } from '../protocol.ts';
import { defineProvider } from '../provider.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openaiCompatible } from '../providers/openai-compatible.ts';
import { openai } from '../providers/openai.ts';

/** What a provider gets of a chat body, byte for byte. */
function relayed(body: string, change: Partial<LaneContext> = {}): string {
  const context = contextFor({
    clientProtocol: 'openai-chat',
    clientBody: body,
    provider: openaiCompatible,
    upstreamModel: 'up',
  });
  return decodeText(openLane({ ...context, ...change }).request.body);
}

function relayedMessages(body: string, change: Partial<LaneContext> = {}): string {
  const context = contextFor({
    clientProtocol: 'anthropic-messages',
    clientBody: body,
    provider: anthropic,
    upstreamModel: 'up',
  });
  return decodeText(openLane({ ...context, ...change }).request.body);
}

const messages = '"messages":[{"role":"user","content":"h\\u00e9\\/"}]';

describe('a chat body that is relayed', () => {
  test.each([
    ['the model', `{ "model" : "m" , ${messages}}`, `{ "model" : "up" , ${messages}}`],
    ['a model behind the rest', `{${messages},"model":"m"}`, `{${messages},"model":"up"}`],
    ['an escaped key', `{"mod\\u0065l":"m",${messages}}`, `{"mod\\u0065l":"up",${messages}}`],
    [
      'fields of ours in front',
      `{"provider":{"only":["x"]},"models":["a"] , "model":"m",${messages}}`,
      `{"model":"up",${messages}}`,
    ],
    [
      'fields of ours at the end',
      `{"model":"m",${messages} ,\n "route":"x", "session_id":"s" }`,
      `{"model":"up",${messages} }`,
    ],
    ['usage accounting of ours', `{"model":"m","usage":{"include":true},${messages}}`, `{"model":"up",${messages}}`],
    [
      'unified reasoning',
      `{"model":"m","reasoning":{"effort":"low"},${messages}}`,
      `{"model":"up",${messages},"reasoning_effort":"low"}`,
    ],
    [
      'no usage in a stream',
      `{"model":"m",${messages},"stream":true}`,
      `{"model":"up",${messages},"stream":true,"stream_options":{"include_usage":true}}`,
    ],
    [
      'stream options of the caller',
      `{"model":"m","stream_options": { "x" : 1.0, "include_usage" : false },${messages},"stream":true}`,
      `{"model":"up","stream_options": { "x" : 1.0, "include_usage" : true },${messages},"stream":true}`,
    ],
    [
      'numbers that JSON.parse would bend',
      `{"model":"m","seed":12345678901234567890,"temperature":1.0,${messages}}`,
      `{"model":"up","seed":12345678901234567890,"temperature":1.0,${messages}}`,
    ],
  ])('keeps every byte but %s', (_what, body, expected) => {
    expect(relayed(body)).toBe(expected);
  });

  test('is limited to what admission could pay for, in the caller’s own field', () => {
    expect(relayed(`{"model":"m","max_tokens":900,${messages}}`, { outputLimit: 500 })).toContain('"max_tokens":500');
    expect(relayed(`{"model":"m","max_completion_tokens":900,${messages}}`, { outputLimit: 500 })).toBe(
      `{"model":"up","max_completion_tokens":500,${messages}}`,
    );
    expect(relayed(`{"model":"m","max_tokens":100,${messages}}`, { outputLimit: 500 })).toContain('"max_tokens":100');
    expect(relayed(`{"model":"m",${messages}}`, { outputLimit: 500 })).toBe(
      `{"model":"up",${messages},"max_tokens":500}`,
    );
  });

  test('has one output limit, the larger of two, in the field that the provider takes', () => {
    const both = `{"model":"m","max_completion_tokens":1,"max_tokens":100000,${messages}}`;
    expect(relayed(both)).toBe(`{"model":"up","max_tokens":100000,${messages}}`);
    expect(relayed(both, { outputLimit: 500 })).toBe(`{"model":"up","max_tokens":500,${messages}}`);
    const other = `{"model":"m","max_tokens":1,"max_completion_tokens":9,${messages}}`;
    expect(relayed(other)).toBe(`{"model":"up","max_tokens":9,${messages}}`);
    const context = contextFor({
      clientProtocol: 'openai-chat',
      clientBody: both,
      provider: openai,
      upstreamModel: 'gpt-5',
    });
    const lane = openLane(context);
    expect(decodeText(lane.request.body)).toBe(`{"model":"gpt-5","max_completion_tokens":100000,${messages}}`);
    expect(lane.droppedParams).toEqual([]);
  });

  test('keeps the raw text of every member that is not on the list, whatever it holds', () => {
    const json: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).map((value) => {
      const copy: Json = JSON.parse(JSON.stringify(value));
      return copy;
    });
    const members = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^x_[a-z"\\é]{1,8}$/), json, fc.constantFrom('', ' ', '\n\t')),
      {
        selector: ([name]) => name,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(members, fc.nat(6), fc.boolean(), (extra, at, isStream) => {
        const fixed = [`"model": "m"`, messages, `"provider":{"a":[1,2]}`, ...(isStream ? ['"stream":true'] : [])];
        const parts = extra.map(
          ([name, value, space]) => `${space}${JSON.stringify(name)}${space}:${space}${JSON.stringify(value)}${space}`,
        );
        parts.splice(at % (parts.length + 1), 0, ...fixed);
        const body = `{${parts.join(',')}}`;
        const result = relayed(body);
        expect(JSON.parse(result)).toEqual({
          ...omit(JSON.parse(body), 'provider'),
          model: 'up',
          ...(isStream ? { stream_options: { include_usage: true } } : {}),
        });
        for (const [name] of extra) {
          expect(rawMember(result, name)).toBe(rawMember(body, name));
        }
        expect(rawMember(result, 'messages')).toBe(rawMember(body, 'messages'));
      }),
      { numRuns: 100 },
    );
  });

  test('a quirk’s changes are spliced in, and what it takes away is reported', () => {
    const odd = defineProvider({
      ...openaiCompatible,
      id: 'odd',
      keptFields: ['provider'],
      quirks: {
        request: ({ logit_bias: _bias, seed, ...body }) => ({ ...body, random_seed: seed, top_p: 0.5 }),
      },
    });
    const body = `{"model":"m","logit_bias":{},"seed":7,"top_p":1, "provider":1,${messages}}`;
    const context = contextFor({ clientProtocol: 'openai-chat', clientBody: body, provider: odd, upstreamModel: 'up' });
    const lane = openLane(context);
    expect(decodeText(lane.request.body)).toBe(`{"model":"up","top_p":0.5, "provider":1,${messages},"random_seed":7}`);
    expect(lane.droppedParams).toEqual(['logit_bias']);
  });
});

function omit(body: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
}

function rawMember(text: string, name: string): string | undefined {
  const bytes = encodeText(text);
  const member = scanObject(bytes)?.members.find((candidate) => candidate.name === name);
  return member === undefined ? undefined : decodeText(bytes, member.keyStart, member.valueEnd);
}

describe('a messages body that is relayed', () => {
  const turn =
    '"messages":[{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}]';

  test('keeps what only the vendor knows, and the client’s beta headers', () => {
    const body = `{"model":"m","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"container":{"id":"c"},${turn}}`;
    expect(relayedMessages(body)).toBe(body.replace('"m"', '"up"'));
    const context = contextFor({ clientProtocol: 'anthropic-messages', clientBody: body, provider: anthropic });
    const clientHeaders = {
      'anthropic-beta': 'a,b',
      'anthropic-version': '2099-01-01',
      cookie: 'x',
      'x-api-key': 'theirs',
    };
    expect(openLane({ ...context, clientHeaders }).request).toMatchObject({
      path: '/messages',
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2099-01-01',
        'anthropic-beta': 'a,b',
        'x-api-key': 'test-credential-of-no-value',
        'x-client-request-id': 'req_test.1',
      },
    });
    const bad = openLane({ ...context, clientHeaders: { 'anthropic-beta': 'a\r\nx: y', cookie: 'x' } }).request.headers;
    expect(Object.keys(bad).sort()).toEqual([
      'accept',
      'anthropic-version',
      'content-type',
      'x-api-key',
      'x-client-request-id',
    ]);
  });

  test('a lower limit takes the budget of thinking with it', () => {
    const body = `{"model":"m","max_tokens":9000,"thinking":{"type":"enabled", "budget_tokens":8000},${turn}}`;
    expect(relayedMessages(body, { outputLimit: 2_000 })).toBe(
      `{"model":"up","max_tokens":2000,"thinking":{"type":"enabled", "budget_tokens":1600},${turn}}`,
    );
    expect(JSON.parse(relayedMessages(body, { outputLimit: 1_100 }))).toMatchObject({
      max_tokens: 1_100,
      thinking: { type: 'disabled' },
    });
    expect(relayedMessages(body, { outputLimit: 9_000 })).toContain('"budget_tokens":8000');
  });

  test('thinking of another issuer is taken out, signed thinking keeps every byte', () => {
    const signed = '{"type":"thinking","thinking":"a","signature":"c2ln+/="}';
    const own = `{"role":"assistant","content":[${signed},{"type":"text","text":"b"}]}`;
    const kept = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},${own}]}`;
    expect(relayedMessages(kept)).toBe(kept.replace('"m"', '"up"'));
    const foreign = [
      '{"role":"assistant","content":[{"type":"thinking","thinking":"f","signature":""}]}',
      '{"role":"assistant","content":[{"type":"thinking","thinking":"f","signature":"openai-chat:abc"},{"type":"redacted_thinking","data":"openai-chat:d"},{"type":"text","text":"kept"}]}',
    ].join(',');
    const stripped = relayedMessages(
      `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},${own},${foreign}]}`,
    );
    expect(JSON.parse(stripped)).toEqual({
      model: 'up',
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'x' },
        JSON.parse(own),
        { role: 'assistant', content: [{ type: 'text', text: 'kept' }] },
      ],
    });
  });
});

describe('a whole answer that is relayed', () => {
  const context = contextFor({
    clientProtocol: 'openai-chat',
    clientBody: `{"model":"ours/m",${messages}}`,
    provider: openaiCompatible,
  });
  const read = (body: string, status = 200) => openLane(context).readAnswer(status, {}, encodeText(body));
  const rendered = (body: string): string => {
    const answer = read(body);
    return isFailure(answer) ? answer.message : decodeText(answer.render(settle(answer)));
  };
  const cost = '"cost":0.000001234,"cost_nano_usd":"1234","is_byok":false';
  const choices =
    '"choices":[{"index":0,"message":{"role":"assistant","content":"\\u00e9","x_new":[1.0]},"finish_reason":"stop"}]';

  test('keeps every byte but the model and the cost beside the usage', () => {
    const usage = '{"prompt_tokens": 3,"completion_tokens":1 ,"total_tokens":4,"queue_time":1.50}';
    expect(rendered(`{\n "id":"c", "model" : "vendor/m-2026", ${choices} ,"usage": ${usage} }\n`)).toBe(
      `{\n "id":"c", "model" : "ours/m", ${choices} ,"usage": ${usage.slice(0, -1)},${cost}} }\n`,
    );
  });

  test('gets a usage object where the provider sent none, or nonsense', () => {
    for (const usage of [
      '',
      ',"usage":null',
      ',"usage":{"prompt_tokens":-3,"completion_tokens":1}',
      ',"usage":{"prompt_tokens":1.5}',
    ]) {
      const body = JSON.parse(rendered(`{"model":"x",${choices}${usage}}`));
      expect(body.usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, cost_nano_usd: '1234' });
    }
  });

  test('replaces a cost of the provider’s own', () => {
    const body = JSON.parse(
      rendered(`{"model":"x",${choices},"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":99,"is_byok":true}}`),
    );
    expect(body.usage).toEqual({
      prompt_tokens: 1,
      completion_tokens: 1,
      cost: 0.000001234,
      cost_nano_usd: '1234',
      is_byok: false,
    });
  });

  test.each([
    ['an error with status 200', '{"error":{"message":"Overloaded, try later","code":503}}', 'overloaded'],
    ['an error as text', '{"error":"rate limit reached"}', 'rate_limited'],
    ['no choices', '{"id":"x","choices":[]}', 'malformed'],
    ['no JSON', 'upstream says hi', 'malformed'],
    ['JSON that is cut', `{"model":"x",${choices}`, 'malformed'],
    ['an array', '[]', 'malformed'],
    ['a web page', '<html><title>502 Bad Gateway</title></html>', 'malformed'],
    ['nothing', '', 'malformed'],
    ['a bomb of brackets', `{"choices":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'malformed'],
  ])('is a failure when it is %s', (_what, body, kind) => {
    expect(read(body)).toMatchObject({ kind });
  });
});
