import Anthropic from '@anthropic-ai/sdk';
import type { MessageCreateParamsNonStreaming, MessageParam } from '@anthropic-ai/sdk/resources/messages';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox } from './server.ts';
import type { Sandbox } from './server.ts';

let sandbox: Sandbox;
let client: Anthropic;

beforeAll(async () => {
  sandbox = await startSandbox();
  client = new Anthropic({ baseURL: sandbox.url, apiKey: 'sk-ant-test', maxRetries: 0 });
});
afterAll(() => sandbox.close());

const body = (content: MessageParam['content'], more: Partial<MessageCreateParamsNonStreaming> = {}) => ({
  model: 'sandbox-messages',
  max_tokens: 4096,
  messages: [{ role: 'user' as const, content }],
  ...more,
});
const ask = (content: MessageParam['content'], more: Partial<MessageCreateParamsNonStreaming> = {}) =>
  client.messages.create(body(content, more));
const textOf = (message: Anthropic.Message) =>
  message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');

const weather = {
  name: 'get_weather',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('a message through the anthropic SDK', () => {
  test('is the same for the same request', async () => {
    const first = await ask('Hello');
    expect(first).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'sandbox-messages',
      stop_reason: 'end_turn',
    });
    expect(first.id).toMatch(/^msg_01[0-9A-Za-z]{22}$/);
    expect(await ask('Hello')).toEqual(first);
  });

  test('streams what it answers whole', async () => {
    const whole = await ask('Tell me something');
    const streamed = await client.messages.stream(body('Tell me something')).finalMessage();
    expect(textOf(streamed)).toBe(textOf(whole));
    expect(streamed.stop_reason).toBe('end_turn');
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(streamed.usage.input_tokens).toBe(whole.usage.input_tokens);
  });

  test('streams its events in the order of the vendor', async () => {
    const types: string[] = [];
    const stream = await client.messages.create({ ...body('[sandbox: tokens=2]'), stream: true });
    for await (const event of stream) types.push(event.type);
    const raw = await fetch(`${sandbox.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ ...body('[sandbox: tokens=2]'), stream: true }),
    });
    const names = (await raw.text()).match(/(?<=^event: ).*$/gm);
    expect(names).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(types).toEqual(names?.filter((name) => name !== 'ping'));
  });

  test('uses a tool when told to, in one piece and in fragments, and answers after the result', async () => {
    const content = 'Weather? [sandbox: tool=get_weather]';
    const whole = await ask(content, { tools: [weather] });
    expect(whole.stop_reason).toBe('tool_use');
    const [use] = whole.content;
    expect(use).toMatchObject({ type: 'tool_use', name: 'get_weather', input: { city: expect.any(String) } });
    const streamed = await client.messages.stream(body(content, { tools: [weather] })).finalMessage();
    expect(streamed.content.map((block) => (block.type === 'tool_use' ? block.input : block))).toEqual(
      whole.content.map((block) => (block.type === 'tool_use' ? block.input : block)),
    );
    const after = await ask('', {
      tools: [weather],
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: whole.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: use?.type === 'tool_use' ? use.id : '', content: '21' }],
        },
      ],
    });
    expect(after.stop_reason).toBe('end_turn');
    expect(textOf(after)).toContain('sandbox');
  });

  test('uses tools in parallel unless that is off, and is forced by tool_choice', async () => {
    const two = await ask('[sandbox: tool calls=2 say="Let me look."]', { tools: [weather] });
    expect(two.content.map((block) => block.type)).toEqual(['text', 'tool_use', 'tool_use']);
    const one = await ask('[sandbox: tool calls=2]', {
      tools: [weather],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
    expect(one.content).toHaveLength(1);
    expect((await ask('Hi', { tools: [weather], tool_choice: { type: 'any' } })).stop_reason).toBe('tool_use');
    expect(
      (await ask('Hi', { tools: [weather], tool_choice: { type: 'tool', name: 'get_weather' } })).stop_reason,
    ).toBe('tool_use');
  });

  test('thinks with a signature, and takes the thought back only unchanged', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 } as const;
    const whole = await ask('Think [sandbox: tool]', { thinking, tools: [weather] });
    const [thought, use] = whole.content;
    expect(thought).toMatchObject({
      type: 'thinking',
      thinking: expect.stringMatching(/./),
      signature: expect.stringMatching(/./),
    });
    const streamed = await client.messages
      .stream(body('Think [sandbox: tool]', { thinking, tools: [weather] }))
      .finalMessage();
    expect(streamed.content[0]).toEqual(thought);

    const back = (content: MessageParam['content']) =>
      ask('', {
        thinking,
        tools: [weather],
        messages: [
          { role: 'user', content: 'Think [sandbox: tool]' },
          { role: 'assistant', content },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: use?.type === 'tool_use' ? use.id : '', content: 'x' }],
          },
        ],
      });
    await expect(back(whole.content)).resolves.toMatchObject({ stop_reason: 'end_turn' });
    const changed = whole.content.map((block) =>
      block.type === 'thinking' ? { ...block, thinking: 'Something else' } : block,
    );
    await expect(back(changed)).rejects.toThrow(/Invalid `signature`/);
    await expect(back(whole.content.slice(1))).rejects.toThrow(/Expected `thinking`/);
  });

  test('leaves the thought out when asked, and keeps its signature', async () => {
    const hidden = await ask('Hi', { thinking: { type: 'adaptive', display: 'omitted' } });
    expect(hidden.content[0]).toMatchObject({ type: 'thinking', thinking: '', signature: expect.stringMatching(/./) });
    const streamed = await client.messages
      .stream(body('Hi', { thinking: { type: 'adaptive', display: 'omitted' } }))
      .finalMessage();
    expect(streamed.content).toEqual(hidden.content);
  });

  test('answers JSON by schema', async () => {
    const schema = {
      type: 'object',
      properties: { age: { type: 'integer' } },
      required: ['age'],
      additionalProperties: false,
    };
    const answer = await ask('A person', { output_config: { format: { type: 'json_schema', schema } } });
    expect(JSON.parse(textOf(answer))).toEqual({ age: expect.any(Number) });
  });

  test('stops at a stop sequence, at the limit, and by refusing', async () => {
    const stopped = await ask('[sandbox: say="4200 + 42 = 4242"]', { stop_sequences: ['4242'] });
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: '4242' });
    expect(textOf(stopped)).toBe('4200 + 42 = ');
    expect(await ask('[sandbox: tokens=99]', { max_tokens: 9 })).toMatchObject({
      stop_reason: 'max_tokens',
      usage: { output_tokens: 9 },
    });
    expect((await ask('[sandbox: refusal]')).stop_reason).toBe('refusal');
  });

  test('counts images and documents', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGVsbG8=' } } as const;
    const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hello' } } as const;
    const plain = (await ask('Look')).usage.input_tokens;
    expect((await ask([{ type: 'text', text: 'Look' }, image])).usage.input_tokens).toBeGreaterThan(plain + 700);
    expect((await ask([{ type: 'text', text: 'Look' }, document])).usage.input_tokens).toBeGreaterThan(plain + 1400);
  });
});

describe('prompt caching', () => {
  const long = 'Reference material that does not change. '.repeat(150);

  test('writes at a breakpoint, then reads, and counts both apart from the input', async () => {
    const system = [{ type: 'text' as const, text: `first ${long}`, cache_control: { type: 'ephemeral' as const } }];
    const first = (await ask('Hello', { system })).usage;
    const second = (await ask('Hello again', { system })).usage;
    expect(first.cache_creation_input_tokens).toBeGreaterThan(1024);
    expect(first.cache_read_input_tokens).toBe(0);
    expect(first.cache_creation?.ephemeral_5m_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBe(0);
    expect(second.input_tokens).toBeLessThan(50);
  });

  test('keeps the hour apart, and grows with the conversation', async () => {
    const system = [
      {
        type: 'text' as const,
        text: `hour ${long}`,
        cache_control: { type: 'ephemeral' as const, ttl: '1h' as const },
      },
    ];
    const turn = (text: string) => [{ type: 'text' as const, text, cache_control: { type: 'ephemeral' as const } }];
    const first = (await ask(turn(`question ${long}`), { system })).usage;
    expect(first.cache_creation?.ephemeral_1h_input_tokens).toBeGreaterThan(1024);
    expect(first.cache_creation?.ephemeral_5m_input_tokens).toBeGreaterThan(1024);
    const messages: MessageParam[] = [
      { role: 'user', content: [{ type: 'text', text: `question ${long}` }] },
      { role: 'assistant', content: 'Answer.' },
      { role: 'user', content: turn('And more?') },
    ];
    const second = (await ask('', { system, messages })).usage;
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBeGreaterThan(0);
    expect(second.cache_creation_input_tokens).toBeLessThan(100);
  });

  test('ignores a breakpoint in a short prompt', async () => {
    const system = [{ type: 'text' as const, text: 'short', cache_control: { type: 'ephemeral' as const } }];
    expect((await ask('Hi', { system })).usage).toMatchObject({
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    });
  });

  test('does not share a cache between keys', async () => {
    const system = [{ type: 'text' as const, text: `mine ${long}`, cache_control: { type: 'ephemeral' as const } }];
    await ask('Hi', { system });
    const other = new Anthropic({ baseURL: sandbox.url, apiKey: 'sk-ant-other' });
    expect((await other.messages.create(body('Hi', { system }))).usage.cache_read_input_tokens).toBe(0);
  });
});

describe('usage', () => {
  test('can be missing, negative or repeated', async () => {
    expect(await ask('[sandbox: usage=missing]')).not.toHaveProperty('usage');
    expect((await ask('[sandbox: tokens=5 usage=negative]')).usage.output_tokens).toBe(-5);
    const types: string[] = [];
    for await (const event of await client.messages.create({ ...body('[sandbox: usage=repeated]'), stream: true }))
      types.push(event.type);
    expect(types.filter((type) => type === 'message_delta')).toHaveLength(2);
  });

  test('cached=N stands apart from the input', async () => {
    const plain = (await ask('Hi [sandbox: cached=000]')).usage;
    const cached = (await ask('Hi [sandbox: cached=500]')).usage;
    expect(cached.cache_read_input_tokens).toBe(500);
    expect(cached.input_tokens).toBe(plain.input_tokens);
  });
});

test('models are listed in the shape of the vendor', async () => {
  const page = await client.models.list();
  expect(page.data[0]).toMatchObject({ type: 'model', id: 'sandbox-chat' });
  expect((await client.models.retrieve('claude-x')).id).toBe('claude-x');
});
