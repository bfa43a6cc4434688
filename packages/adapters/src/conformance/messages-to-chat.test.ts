import { isJsonObject } from '@turnpike/core/json';
import { describe, expect, test } from 'vitest';

import { encodeText } from '../framing/bytes.ts';
import { tryParseJson } from '../loose.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openai } from '../providers/openai.ts';
import { play } from './play.ts';
import { toChat, toMessages } from './translate.ts';

describe('a schema for the answer', () => {
  const schema = {
    type: 'object',
    properties: {
      age: { type: 'integer', minimum: 0, description: 'Years.' },
      tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
    },
    required: ['age'],
  };
  const format = { type: 'json_schema', json_schema: { name: 'person', schema, strict: true } };

  test('goes natively to models that know it, in their dialect', () => {
    const { body } = toMessages({ response_format: format });
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            age: { type: 'integer', description: 'Years. (minimum: 0)' },
            tags: { type: 'array', items: { type: 'string' }, description: '(maxItems: 3)' },
          },
          required: ['age'],
          additionalProperties: false,
        },
      },
    });
  });

  test('is a forced tool for older models, whose arguments come back as the text of the answer', () => {
    const { body } = toMessages({ response_format: format }, 'claude-3-5-sonnet-20241022');
    expect(body['tool_choice']).toEqual({ type: 'tool', name: 'json_response', disable_parallel_tool_use: true });
    const common = {
      clientProtocol: 'openai-chat' as const,
      clientBody: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], response_format: format }),
      provider: anthropic,
      upstreamModel: 'claude-3-5-sonnet-20241022',
      status: 200,
      headers: {},
    };
    const answer = {
      type: 'message',
      id: 'msg_1',
      model: 'x',
      role: 'assistant',
      content: [{ type: 'tool_use', id: 't', name: 'json_response', input: { age: 3 } }],
      stop_reason: 'tool_use',
      usage: { input_tokens: 1, output_tokens: 2 },
    };
    const whole = tryParseJson(play({ ...common, isStream: false, pieces: [encodeText(JSON.stringify(answer))] }).text);
    expect(whole).toMatchObject({
      choices: [{ message: { content: '{"age":3}' }, finish_reason: 'stop', native_finish_reason: 'tool_use' }],
    });
    expect(isJsonObject(whole) && JSON.stringify(whole)).not.toContain('tool_calls');
    const events = [
      { type: 'message_start', message: { ...answer, content: [] } },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'tool_use', id: 't', name: 'json_response', input: {} },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"age":' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '3}' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ];
    const stream = play({
      ...common,
      isStream: true,
      pieces: events.map((event) => encodeText(`data: ${JSON.stringify(event)}\n\n`)),
    });
    expect(stream.text).toContain('"content":"{\\"age\\":"');
    expect(stream.text).toContain('"finish_reason":"stop"');
    expect(stream.text).not.toContain('tool_calls');
  });

  test('is an instruction where a tool cannot be forced, and never ignored', () => {
    const tools = [{ type: 'function', function: { name: 'a' } }];
    const { body } = toMessages({ response_format: format, tools }, 'claude-3-haiku-20240307');
    expect(JSON.stringify(body['system'])).toContain('JSON schema');
    expect(JSON.stringify(toMessages({ response_format: { type: 'json_object' } }).body['system'])).toContain(
      'valid JSON object',
    );
  });

  test('comes from messages as the response format', () => {
    const { body } = toChat({ output_config: { format: { type: 'json_schema', schema }, effort: 'max' } });
    expect(body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'response', schema, strict: true },
    });
    expect(body['reasoning_effort']).toBe('high');
  });
});

describe('a messages call for a model of chat completions', () => {
  test('carries system, tools, calls, results with images, and the end user', () => {
    const { body, dropped } = toChat({
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [{ name: 'look', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      stop_sequences: ['a', 'b', 'c', 'd', 'e'],
      top_k: 5,
      metadata: { user_id: 'u' },
      thinking: { type: 'enabled', budget_tokens: 20_000 },
      service_tier: 'standard_only',
      stream: true,
      messages: [
        { role: 'user', content: 'Look' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
            { type: 'text', text: 'Looking.' },
            { type: 'tool_use', id: 't1', name: 'look', input: { a: 1 } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't1',
              content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } }],
            },
            { type: 'text', text: 'Well?' },
          ],
        },
      ],
    });
    expect(body).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Look' },
        {
          role: 'assistant',
          content: 'Looking.',
          tool_calls: [{ id: 't1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 't1', content: 'The result follows in the next message.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Result of tool call t1:' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
          ],
        },
        { role: 'user', content: 'Well?' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 100,
      stop: ['a', 'b', 'c', 'd'],
      tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }],
      tool_choice: 'required',
      parallel_tool_calls: false,
      reasoning_effort: 'high',
      service_tier: 'default',
      user: 'u',
    });
    expect(new Set(dropped)).toEqual(new Set(['stop_sequences', 'top_k']));
  });

  test('the provider’s quirks are told in the client’s own words', () => {
    const { body, dropped } = toChat(
      { thinking: { type: 'enabled', budget_tokens: 2_000 }, temperature: 0.5 },
      openai,
      'gpt-4o',
    );
    expect(body).not.toHaveProperty('reasoning_effort');
    expect(dropped).toEqual(['thinking']);
    const reasoning = toChat({ temperature: 0.5 }, openai, 'o3-mini');
    expect(reasoning.body).toMatchObject({ max_completion_tokens: 100 });
    expect(reasoning.dropped).toEqual(['temperature']);
  });

  test('tools that the vendor runs itself are dropped and reported', () => {
    const { body, dropped } = toChat({
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
      container: 'c',
      mcp_servers: [],
    });
    expect(body).not.toHaveProperty('tools');
    expect(new Set(dropped)).toEqual(new Set(['tools', 'container', 'mcp_servers']));
  });
});
