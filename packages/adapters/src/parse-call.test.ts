import { GatewayError } from '@turnpike/core/errors';
import type { ProtocolName } from '@turnpike/core/inference/request';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeText } from './framing/bytes.ts';
import { parseCall, type ParsedCall } from './parse-call.ts';

function chat(body: string): ParsedCall {
  return parseCall('openai-chat', encodeText(body));
}

function refusal(protocol: ProtocolName, body: string | Uint8Array): GatewayError {
  try {
    parseCall(protocol, typeof body === 'string' ? encodeText(body) : body);
  } catch (error) {
    if (error instanceof GatewayError) {
      return error;
    }
    throw error;
  }
  throw new TypeError('The body was not refused.');
}

const turn = '"messages":[{"role":"user","content":"Hi"}]';

describe('a chat body', () => {
  test('is read once for what admission and routing need', () => {
    const body = `{"model":"m","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":50,"max_tokens":60,"n":2,"user":"u\\u0007\\u200d1",
      "tools":[{"type":"function","function":{"name":"f"}}],"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}},
      "messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"https://e.com/a.png"}},{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}]}]}`;
    expect(chat(body)).toMatchObject({
      protocol: 'openai-chat',
      operation: 'chat',
      model: 'm',
      isStream: true,
      wantsUsage: true,
      maxOutputTokens: 60,
      choiceCount: 2,
      endUser: 'u\u200d1',
      needs: { tools: true, jsonSchema: true, images: true, audio: true, documents: true },
    });
    expect(chat(`{"model":"m",${turn}}`)).toMatchObject({
      isStream: false,
      wantsUsage: false,
      maxOutputTokens: undefined,
      choiceCount: 1,
      endUser: undefined,
    });
    expect(chat(`{"model":"m","usage":{"include":true},${turn}}`).wantsUsage).toBe(true);
  });

  test.each([
    ['', undefined, 'empty'],
    ['  \n', undefined, 'empty'],
    ['{', undefined, 'not valid JSON'],
    [`{"model":"m",${turn}}}`, undefined, 'not valid JSON (at position'],
    ['[]', undefined, 'JSON object'],
    ['null', undefined, 'JSON object'],
    ['"x"', undefined, 'JSON object'],
    ['{}', 'model', 'is missing: send a string'],
    [`{"model":5,${turn}}`, 'model', 'must be a string'],
    [`{"model":"",${turn}}`, 'model', 'must not be empty'],
    ['{"model":"m"}', 'messages', 'is missing: send an array'],
    ['{"model":"m","messages":[]}', 'messages', 'must not be empty'],
    ['{"model":"m","messages":"Hi"}', 'messages', 'must be an array'],
    ['{"model":"m","messages":[5]}', 'messages[0]', 'must be an object'],
    [
      '{"model":"m","messages":[{"role":"king","content":"x"}]}',
      'messages[0].role',
      'must be one of system, developer, user, assistant, tool, function',
    ],
    ['{"model":"m","messages":[{"content":"x"}]}', 'messages[0].role', 'must be one of'],
    ['{"model":"m","messages":[{"role":"user"}]}', 'messages[0].content', 'must be a string or an array'],
    ['{"model":"m","messages":[{"role":"user","content":7}]}', 'messages[0].content', 'must be a string or an array'],
    [
      '{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":7}]}]}',
      'messages[0].content[0].text',
      'must be a string',
    ],
    ['{"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]}', 'messages[0].content[0].type', 'must be'],
    ['{"model":"m","messages":[{"role":"tool","content":"x"}]}', 'messages[0].tool_call_id', 'is missing'],
    [
      '{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":{}}}]}]}',
      'messages[0].tool_calls[0].function.arguments',
      'must be a string',
    ],
    [`{"model":"m","max_tokens":0,${turn}}`, 'max_tokens', 'at least 1'],
    [`{"model":"m","max_tokens":-1,${turn}}`, 'max_tokens', 'at least 1'],
    [`{"model":"m","max_tokens":1.5,${turn}}`, 'max_tokens', 'whole number'],
    [`{"model":"m","max_tokens":"9",${turn}}`, 'max_tokens', 'must be a number'],
    [`{"model":"m","max_completion_tokens":2147483648,${turn}}`, 'max_completion_tokens', 'at most 2147483647'],
    [`{"model":"m","n":0,${turn}}`, 'n', 'at least 1'],
    [`{"model":"m","n":1000,${turn}}`, 'n', 'at most 128'],
    [`{"model":"m","stream":"yes",${turn}}`, 'stream', 'true or false'],
    [`{"model":"m","temperature":"hot",${turn}}`, 'temperature', 'must be a number'],
    [`{"model":"m","tools":{},${turn}}`, 'tools', 'must be an array'],
    [`{"model":"m","tools":[{"type":"function"}],${turn}}`, 'tools[0].function', 'is missing: send an object'],
    [`{"model":"m","model":"n",${turn}}`, 'model', 'stands twice'],
    [`{"model":"m","__proto__":{"isAdmin":true},${turn}}`, '__proto__', 'not allowed'],
    [`{"model":"m","x":"\\ud800",${turn}}`, undefined, 'surrogate'],
    [`{"model":"m","x":"\\u0000",${turn}}`, undefined, 'NUL'],
    [`{"model":"m","x":${'['.repeat(70)}${']'.repeat(70)},${turn}}`, undefined, 'nested deeper than 64'],
  ])('%s is refused and says why', (body, param, words) => {
    const error = refusal('openai-chat', body);
    expect(error).toMatchObject({ code: 'invalid_request', status: 400, param });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('undefined');
  });

  test('with a raw control character is refused', () => {
    expect(refusal('openai-chat', `{"model":"m","x":"\u0000",${turn}}`).message).toContain('not valid JSON');
  });

  test('that is no UTF-8 is refused', () => {
    for (const bytes of [
      [0x7b, 0xff, 0x7d],
      [0xed, 0xa0, 0x80],
      [0xc0, 0x80],
    ]) {
      expect(refusal('openai-chat', new Uint8Array(bytes)).message).toBe('The body is not valid UTF-8.');
    }
  });

  test('never pollutes a prototype', () => {
    refusal('openai-chat', `{"model":"m","__proto__":{"polluted":1},${turn}}`);
    chat(`{"model":"m","constructor":{"prototype":{"polluted":1}},${turn}}`);
    expect({}).not.toHaveProperty('polluted');
  });

  test('may hold fields, parts and tools that nobody knows', () => {
    const body = `{"model":"m","x_new":{"a":1},"tools":[{"type":"openrouter:web_search"}],"modalities":["text"],"tool_choice":"any",
      "messages":[{"role":"user","content":[{"type":"video_url","video_url":{"url":"u"}}],"x":1},{"role":"assistant","content":null,"reasoning":{"a":1}}]}`;
    expect(chat(body).model).toBe('m');
  });

  test('may begin with a byte order mark, which goes no further', () => {
    const call = parseCall('openai-chat', encodeText(`\ufeff{"model":"m",${turn}}`));
    expect(call.bytes[0]).toBe(0x7b);
  });

  test('nothing but a GatewayError is ever thrown', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
    const fields = fc.constantFrom(
      'model',
      'messages',
      'tools',
      'stream',
      'max_tokens',
      'stop',
      'response_format',
      'reasoning',
      'user',
      'role',
      'content',
      'type',
    );
    const bent = fc
      .array(fc.tuple(fields, json), { maxLength: 6 })
      .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`);
    fc.assert(
      fc.property(
        fc.constantFrom<ProtocolName[]>('openai-chat', 'anthropic-messages', 'openai-embeddings'),
        fc.oneof(bent, fc.string()),
        (protocol, body) => {
          try {
            expect(parseCall(protocol, encodeText(body)).model).not.toBe('');
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError);
            expect(error).toHaveProperty('code', 'invalid_request');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a messages body', () => {
  const messages = (body: string): ParsedCall => parseCall('anthropic-messages', encodeText(body));

  test('is read once for what admission and routing need', () => {
    const call = messages(
      `{"model":"m","max_tokens":9,"metadata":{"user_id":"u"},"tools":[{"name":"f","input_schema":{}}],"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"u"}},{"type":"tool_result","tool_use_id":"t","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"}}]}]}]}`,
    );
    expect(call).toMatchObject({
      maxOutputTokens: 9,
      endUser: 'u',
      wantsUsage: true,
      choiceCount: 1,
      needs: { tools: true, images: true, documents: true, audio: false },
    });
  });

  test.each([
    [`{"model":"m",${turn}}`, 'max_tokens', 'is missing: send a number'],
    [`{"model":"m","max_tokens":0,${turn}}`, 'max_tokens', 'at least 1'],
    ['{"model":"m","max_tokens":1,"messages":[]}', 'messages', 'must not be empty'],
    [
      '{"model":"m","max_tokens":1,"messages":[{"role":"tool","content":"x"}]}',
      'messages[0].role',
      'must be one of user, assistant, system',
    ],
    [
      '{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}',
      'messages[0].content[0].tool_use_id',
      'is missing',
    ],
    [`{"model":"m","max_tokens":1,"system":5,${turn}}`, 'system', 'must be a string or an array'],
    [`{"model":"m","max_tokens":1,"tools":[{"name":"f"}],${turn}}`, 'tools[0].input_schema', 'must be an object'],
    [`{"model":"m","max_tokens":1,"stop_sequences":"x",${turn}}`, 'stop_sequences', 'must be an array'],
  ])('%s is refused and says why', (body, param, words) => {
    const error = refusal('anthropic-messages', body);
    expect(error).toMatchObject({ code: 'invalid_request', param });
    expect(error.message).toContain(words);
  });

  test('may hold blocks and tools that nobody knows', () => {
    const body = `{"model":"m","max_tokens":1,"mcp_servers":[],"tools":[{"type":"web_search_20991231","name":"w"}],"messages":[{"role":"system","content":[{"type":"tool_addition","tool":{}}]},{"role":"user","content":[{"type":"container_upload","file_id":"f"}]}]}`;
    expect(messages(body).model).toBe('m');
  });
});

describe('an embeddings body', () => {
  test.each([
    ['"text"', true],
    ['["a","b"]', true],
    ['[1,2,3]', true],
    ['[[1],[2,3]]', true],
    ['""', false],
    ['[]', false],
    ['[[]]', false],
    ['5', false],
    ['["a",1]', false],
    ['[1.5]', false],
    ['[-1]', false],
  ])('with input %s is accepted: %s', (input, isAccepted) => {
    const body = `{"model":"m","input":${input}}`;
    if (isAccepted) {
      expect(parseCall('openai-embeddings', encodeText(body))).toMatchObject({
        operation: 'embeddings',
        isStream: false,
      });
    } else {
      expect(refusal('openai-embeddings', body).param).toMatch(/^input/);
    }
  });

  test('with other wrong fields is refused', () => {
    expect(refusal('openai-embeddings', '{"model":"m","input":"x","dimensions":0}').param).toBe('dimensions');
    expect(refusal('openai-embeddings', '{"model":"m","input":"x","encoding_format":"hex"}').message).toContain(
      'one of float, base64',
    );
    expect(refusal('openai-embeddings', '{"model":"m"}').param).toBe('input');
  });
});

describe('the bound of input tokens', () => {
  const bound = (content: string): number =>
    chat(`{"model":"m","messages":[{"role":"user","content":${content}}]}`).inputTokensBound;

  test('grows by one for every byte of text, in any script', () => {
    expect(bound(`"${'a'.repeat(1_000)}"`) - bound('""')).toBe(1_000);
    expect(bound(`"${'漢'.repeat(1_000)}"`) - bound('""')).toBe(3_000);
  });

  test('counts media by a rule of its own, not by its base64', () => {
    const image = (data: string, detail = ''): number =>
      bound(`[{"type":"image_url","image_url":{"url":"data:image/png;base64,${data}"${detail}}}]`);
    expect(image('A'.repeat(4_000_000))).toBe(image('A'.repeat(40)));
    expect(image('AAAA', ',"detail":"low"')).toBeLessThan(image('AAAA'));
    const audio = (length: number): number =>
      bound(`[{"type":"input_audio","input_audio":{"data":"${'A'.repeat(length)}","format":"mp3"}}]`);
    // 32 tokens a second, at the lowest rate of the format.
    expect(audio(13_340) - audio(0)).toBeGreaterThanOrEqual(320);
    expect(audio(13_340) - audio(0)).toBeLessThan(13_340);
  });

  test('grows with tools, schemas and tools that the provider runs', () => {
    const plain = chat(`{"model":"m",${turn}}`).inputTokensBound;
    const tool = chat(`{"model":"m","tools":[{"type":"function","function":{"name":"f"}}],${turn}}`).inputTokensBound;
    const search = chat(`{"model":"m","web_search_options":{},${turn}}`).inputTokensBound;
    expect(tool).toBeGreaterThan(plain + 900);
    expect(search).toBeGreaterThan(plain + 100_000);
  });
});

describe('the bound of output tokens', () => {
  test.each([
    ['"max_completion_tokens":1,"max_tokens":100000', 100_000],
    ['"max_completion_tokens":100000,"max_tokens":1', 100_000],
    ['"max_completion_tokens":7,"max_tokens":null', 7],
    ['"max_tokens":7', 7],
  ])('of %s is the larger limit, whichever the provider keeps', (limits, expected) => {
    expect(chat(`{"model":"m",${limits},${turn}}`).maxOutputTokens).toBe(expected);
  });
});

describe('the bound of searches', () => {
  const messages = (tools: string): number =>
    parseCall('anthropic-messages', encodeText(`{"model":"m","max_tokens":9,"tools":${tools},${turn}}`)).searchesBound;

  test.each([
    ['', 0],
    ['"web_search_options":null,', 0],
    ['"web_search_options":{},', 10],
    ['"tools":[{"type":"openrouter:web_search"}],', 10],
    ['"tools":[{"type":"function","function":{"name":"web_search"}}],', 0],
  ])('of a chat with %s is %i', (fields, searches) => {
    expect(chat(`{"model":"m",${fields}${turn}}`).searchesBound).toBe(searches);
  });

  test.each([
    ['[]', 0],
    ['[{"name":"web_search","input_schema":{}}]', 0],
    ['[{"type":"web_fetch_20250910","name":"f"},{"type":"tool_search_tool_regex_20251119","name":"t"}]', 0],
    ['[{"type":"web_search_20250305","name":"w"}]', 10],
    ['[{"type":"web_search_20250305","name":"w","max_uses":3}]', 3],
    ['[{"type":"web_search_20250305","name":"w","max_uses":0}]', 0],
    ['[{"type":"web_search_20250305","name":"w","max_uses":9007199254740991}]', 1_000],
    ['[{"type":"web_search_20250305","name":"w","max_uses":-3}]', 10],
    ['[{"type":"web_search_20250305","name":"w","max_uses":1.5}]', 10],
    ['[{"type":"web_search_20260209","name":"w","max_uses":2},{"type":"web_search_20250305","name":"v"}]', 12],
  ])('of messages with the tools %s is %i', (tools, searches) => {
    expect(messages(tools)).toBe(searches);
  });

  test('of embeddings is none', () => {
    expect(parseCall('openai-embeddings', encodeText('{"model":"m","input":"x"}')).searchesBound).toBe(0);
  });
});
