import { describe, expect, test } from 'vitest';

import { decodeText } from '../framing/bytes.ts';
import { objectOf, tryParseJson } from '../loose.ts';
import { openLane } from '../open-lane.ts';
import { anthropic } from '../providers/anthropic.ts';
import { contextFor } from './play.ts';
import { toMessages } from './translate.ts';

describe('a chat completion for a model of messages', () => {
  test('system and developer texts go to the top, roles alternate, the first turn is the user’s', () => {
    const { body } = toMessages({
      messages: [
        { role: 'system', content: 'One.' },
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: 'A' },
        { role: 'user', content: [{ type: 'text', text: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
        { role: 'developer', content: 'Two.' },
        { role: 'assistant', content: 'Prefill  ' },
      ],
    });
    expect(body['system']).toEqual([
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.' },
    ]);
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: '(start of conversation)' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'A' },
          { type: 'text', text: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'Prefill' }] },
    ]);
  });

  test('results of one turn go into one user turn, before its text, with images and fitted ids', () => {
    const { body } = toMessages({
      messages: [
        { role: 'user', content: 'Go' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'functions.a:0', type: 'function', function: { name: 'a', arguments: '{"x":1}' } },
            { id: 'b', type: 'function', function: { name: 'b', arguments: '' } },
            { id: 'c', type: 'function', function: { name: 'c', arguments: '{"cut":' } },
          ],
        },
        {
          role: 'tool',
          tool_call_id: 'functions.a:0',
          content: [
            { type: 'text', text: 'seen' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
          ],
        },
        { role: 'tool', tool_call_id: 'b', content: 'ok' },
        { role: 'tool', tool_call_id: 'c', content: '' },
        { role: 'user', content: 'So?' },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Go' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'functions_a_0', name: 'a', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'b', input: {} },
          { type: 'tool_use', id: 'c', name: 'c', input: { input: '{"cut":' } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'functions_a_0',
            content: [
              { type: 'text', text: 'seen' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
            ],
          },
          { type: 'tool_result', tool_use_id: 'b', content: 'ok' },
          { type: 'tool_result', tool_use_id: 'c', content: '' },
          { type: 'text', text: 'So?' },
        ],
      },
    ]);
  });

  test.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
    [
      { type: 'function', function: { name: 'a' } },
      { type: 'tool', name: 'a' },
    ],
  ])('the tool choice %j becomes %j', (choice, expected) => {
    const tools = [{ type: 'function', function: { name: 'a' } }];
    expect(toMessages({ tools, tool_choice: choice }).body['tool_choice']).toEqual(expected);
  });

  test('one call at a time is asked for in the tool choice', () => {
    const tools = [
      { type: 'function', function: { name: 'a', description: 'A.', parameters: { type: 'object', properties: {} } } },
    ];
    const { body } = toMessages({ tools, parallel_tool_calls: false });
    expect(body['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(body['tools']).toEqual([{ name: 'a', description: 'A.', input_schema: { type: 'object', properties: {} } }]);
  });

  test('the required limit comes from the caller, else the model, else a limit that every model takes', () => {
    const context = (clientBody: string, endpointLimit: number | undefined, outputLimit: number | undefined) => {
      const base = contextFor({ clientProtocol: 'openai-chat', clientBody, provider: anthropic });
      const endpoint =
        endpointLimit === undefined ? base.endpoint : { ...base.endpoint, maxOutputTokens: endpointLimit };
      return objectOf(tryParseJson(decodeText(openLane({ ...base, endpoint, outputLimit }).request.body)))[
        'max_tokens'
      ];
    };
    const plain = '{"model":"m","messages":[{"role":"user","content":"Hi"}]}';
    const asked = '{"model":"m","max_completion_tokens":300,"messages":[{"role":"user","content":"Hi"}]}';
    expect(context(asked, 64_000, undefined)).toBe(300);
    expect(context(asked, 64_000, 200)).toBe(200);
    expect(context(plain, 64_000, undefined)).toBe(64_000);
    expect(context(plain, undefined, 50_000)).toBe(50_000);
    expect(context(plain, undefined, undefined)).toBe(4_096);
  });

  test('what has no word is dropped and reported, never passed on', () => {
    const { body, dropped } = toMessages({
      seed: 1,
      n: 3,
      logprobs: true,
      frequency_penalty: 0.1,
      temperature: 1.7,
      top_p: 0.5,
      service_tier: 'flex',
      prediction: { type: 'content', content: 'x' },
      user: 'u',
      stop: ['a', ' '],
    });
    expect(new Set(dropped)).toEqual(
      new Set(['seed', 'n', 'logprobs', 'frequency_penalty', 'temperature', 'top_p', 'service_tier', 'prediction']),
    );
    expect(body).toMatchObject({ temperature: 1, stop_sequences: ['a'], metadata: { user_id: 'u' } });
    expect(body).not.toHaveProperty('top_p');
    expect(body).not.toHaveProperty('prediction');
  });

  test('the newest models get no sampling at all', () => {
    for (const model of ['claude-opus-4-7', 'claude-opus-4-8', 'claude-sonnet-5', 'claude-fable-5']) {
      const { body, dropped } = toMessages({ temperature: 0.2, top_k: 4 }, model);
      expect(body).not.toHaveProperty('temperature');
      expect(new Set(dropped)).toEqual(new Set(['temperature', 'top_k']));
    }
    expect(toMessages({ temperature: 0.2 }, 'claude-sonnet-4-6').body['temperature']).toBe(0.2);
  });

  test.each([
    [
      'claude-sonnet-4-5',
      { reasoning_effort: 'medium', max_tokens: 10_000 },
      { type: 'enabled', budget_tokens: 5_000 },
    ],
    [
      'claude-sonnet-4-5',
      { reasoning: { max_tokens: 2_000 }, max_tokens: 10_000 },
      { type: 'enabled', budget_tokens: 2_000 },
    ],
    ['claude-sonnet-4-5', { reasoning_effort: 'low', max_tokens: 1_100 }, { type: 'enabled', budget_tokens: 1_024 }],
    [
      'claude-opus-4-20250514',
      { reasoning: { enabled: true }, max_tokens: 4_096 },
      { type: 'enabled', budget_tokens: 2_048 },
    ],
    ['claude-opus-4-7', { reasoning_effort: 'high', max_tokens: 10_000 }, { type: 'adaptive' }],
    ['claude-sonnet-4-5', { reasoning_effort: 'none', max_tokens: 10_000 }, { type: 'disabled' }],
  ])('%s is asked to think for %j with %j', (model, asked, thinking) => {
    const { body, dropped } = toMessages({ ...asked, temperature: 1 }, model);
    expect(body['thinking']).toEqual(thinking);
    expect(dropped).toEqual([]);
  });

  test.each([
    ['the model cannot', 'claude-3-5-haiku-20241022', {}],
    ['the limit is too small', 'claude-sonnet-4-5', { max_tokens: 500 }],
    [
      'a tool is forced',
      'claude-sonnet-4-5',
      { tools: [{ type: 'function', function: { name: 'a' } }], tool_choice: 'required' },
    ],
  ])('thinking is dropped and reported when %s', (_reason, model, rest) => {
    const { body, dropped } = toMessages({ reasoning_effort: 'high', ...rest }, model);
    expect(body).not.toHaveProperty('thinking');
    expect(dropped).toEqual(['reasoning_effort']);
  });

  test('a tool loop whose thinking the client did not keep goes on without thinking', () => {
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: '{}' } }],
    };
    const messages = [{ role: 'user', content: 'Go' }, call, { role: 'tool', tool_call_id: 'a', content: 'ok' }];
    expect(toMessages({ reasoning_effort: 'high', messages }).dropped).toEqual(['reasoning_effort']);
    const sealed = {
      ...call,
      reasoning_details: [
        { type: 'reasoning.text', text: 'I ', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.text', text: 'call.', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.text', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.encrypted', data: 'c2VhbA==', format: 'anthropic-claude-v1', index: 1 },
      ],
    };
    const kept = toMessages({ reasoning_effort: 'high', messages: [messages[0] ?? {}, sealed, messages[2] ?? {}] });
    expect(kept.body['thinking']).toMatchObject({ type: 'enabled' });
    expect(kept.body['messages']).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 'I call.', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'c2VhbA==' },
          { type: 'tool_use' },
        ],
      },
      {},
    ]);
  });

  test('reasoning of another issuer, or without a signature, is taken out', () => {
    const { body } = toMessages({
      messages: [
        { role: 'user', content: 'A' },
        { role: 'assistant', content: 'B', reasoning_content: 'secret thoughts' },
        { role: 'assistant', content: null, reasoning: 'only thoughts' },
        { role: 'user', content: 'C' },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('thoughts');
    expect(body['messages']).toHaveLength(3);
  });

  test('a history with calls brings its tools along when the caller offers none', () => {
    const { body } = toMessages({
      messages: [
        { role: 'user', content: 'Go' },
        { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: 'a', content: 'ok' },
      ],
    });
    expect(body['tools']).toEqual([{ name: 'look', input_schema: { type: 'object' } }]);
    expect(body['tool_choice']).toEqual({ type: 'none' });
  });

  test('automatic caching is passed on', () => {
    const { body, dropped } = toMessages({ cache_control: { type: 'ephemeral', ttl: '1h' } });
    expect(body['cache_control']).toEqual({ type: 'ephemeral', ttl: '1h' });
    expect(dropped).toEqual([]);
  });

  test('strict tools keep their promise where the model can hold it', () => {
    const tool = (name: string) => ({
      type: 'function',
      function: {
        name,
        strict: true,
        parameters: { type: 'object', properties: { a: { type: 'integer', maximum: 5 } } },
      },
    });
    expect(toMessages({ tools: [tool('a')] }).body['tools']).toEqual([
      {
        name: 'a',
        strict: true,
        input_schema: {
          type: 'object',
          properties: { a: { type: 'integer', description: '(maximum: 5)' } },
          additionalProperties: false,
        },
      },
    ]);
    const many = toMessages({ tools: Array.from({ length: 21 }, (_, index) => tool(`t${index}`)) });
    expect(JSON.stringify(many.body['tools'])).not.toContain('strict');
    expect(JSON.stringify(toMessages({ tools: [tool('a')] }, 'claude-3-haiku-20240307').body['tools'])).toContain(
      '"maximum":5',
    );
  });
});
