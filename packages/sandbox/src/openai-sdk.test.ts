import OpenAI from 'openai';
import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox } from './server.ts';
import type { Sandbox } from './server.ts';

let sandbox: Sandbox;
let client: OpenAI;

beforeAll(async () => {
  sandbox = await startSandbox();
  client = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: 'sk-test', maxRetries: 0 });
});
afterAll(() => sandbox.close());

const ask = (content: string, more: Partial<ChatCompletionCreateParamsNonStreaming> = {}) =>
  client.chat.completions.create({ model: 'sandbox-chat', messages: [{ role: 'user', content }], ...more });

async function collect(content: string, more: object = {}) {
  const chunks = [];
  const stream = await client.chat.completions.create({
    model: 'sandbox-chat',
    messages: [{ role: 'user', content }],
    stream: true,
    ...more,
  });
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
      required: ['city', 'unit'],
    },
  },
} as const;

describe('a completion through the openai SDK', () => {
  test('is the same for the same request, ids and times included', async () => {
    const first = await ask('Hello');
    expect(first).toMatchObject({ object: 'chat.completion', model: 'sandbox-chat' });
    expect(first.id).toMatch(/^chatcmpl-[0-9A-Za-z]{29}$/);
    expect(first.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', refusal: null } });
    expect(await ask('Hello')).toEqual(first);
    expect((await ask('Hello there')).id).not.toBe(first.id);
  });

  test('counts what it read and what it wrote', async () => {
    const { usage } = await ask('Hello [sandbox: tokens=20]');
    expect(usage?.completion_tokens).toBe(20);
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + 20);
    expect((await ask('Hello '.repeat(50))).usage?.prompt_tokens).toBeGreaterThan(usage?.prompt_tokens ?? 0);
  });

  test('streams the very text that it answers whole', async () => {
    const whole = await ask('Tell me something');
    const chunks = await collect('Tell me something');
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      whole.choices[0]?.message.content,
    );
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null });
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
  });

  test('streams usage in one last chunk without choices, when asked', async () => {
    const chunks = await collect('Hello [sandbox: tokens=9]', { stream_options: { include_usage: true } });
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(9);
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  test('calls a tool when the message says so, with arguments that fit, and answers once the result is there', async () => {
    const question: ChatCompletionMessageParam = { role: 'user', content: 'Weather? [sandbox: tool=get_weather]' };
    const first = await ask('', { messages: [question], tools: [weather] });
    const call = first.choices[0]?.message.tool_calls?.[0];
    expect(first.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
    const written: unknown = JSON.parse(call?.type === 'function' ? call.function.arguments : '');
    expect(written).toMatchObject({ city: expect.any(String), unit: expect.stringMatching(/celsius|fahrenheit/) });

    const second = await ask('', {
      messages: [
        question,
        { role: 'assistant', content: null, tool_calls: first.choices[0]?.message.tool_calls ?? [] },
        { role: 'tool', tool_call_id: call?.id ?? '', content: '21 degrees' },
      ],
      tools: [weather],
    });
    expect(second.choices[0]?.finish_reason).toBe('stop');
    expect(second.choices[0]?.message.content).toContain('sandbox');
  });

  test('streams parallel calls, each under its own index, into the arguments it gives whole', async () => {
    const content = '[sandbox: tool=get_weather calls=2]';
    const whole = await ask(content, { tools: [weather] });
    const final = await client.chat.completions
      .stream({ model: 'sandbox-chat', messages: [{ role: 'user', content }], tools: [weather] })
      .finalChatCompletion();
    const calls = final.choices[0]?.message.tool_calls ?? [];
    expect(calls).toHaveLength(2);
    expect(new Set(calls.map((call) => call.id)).size).toBe(2);
    const plain = (call: unknown) => JSON.stringify(call, ['id', 'type', 'function', 'name', 'arguments']);
    expect(calls.map(plain)).toEqual((whole.choices[0]?.message.tool_calls ?? []).map(plain));
  });

  test('calls one tool when calls in parallel are off, and is forced by tool_choice', async () => {
    const single = await ask('[sandbox: tool=get_weather calls=3]', { tools: [weather], parallel_tool_calls: false });
    expect(single.choices[0]?.message.tool_calls).toHaveLength(1);
    const forced = await ask('Hello', { tools: [weather], tool_choice: 'required' });
    expect(forced.choices[0]?.finish_reason).toBe('tool_calls');
    const named = await ask('Hello', {
      tools: [weather],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    });
    expect(named.choices[0]?.finish_reason).toBe('tool_calls');
    const never = await ask('[sandbox: tool]', { tools: [weather], tool_choice: 'none' });
    expect(never.choices[0]?.finish_reason).toBe('stop');
  });

  test('breaks the arguments when asked', async () => {
    const broken = await ask('[sandbox: tool bad-arguments]', { tools: [weather] });
    const call = broken.choices[0]?.message.tool_calls?.[0];
    expect(() => JSON.parse(call?.type === 'function' ? call.function.arguments : '{}')).toThrow(SyntaxError);
  });

  test('answers JSON in JSON mode and by schema', async () => {
    const loose = await ask('Give me json', { response_format: { type: 'json_object' } });
    expect(JSON.parse(loose.choices[0]?.message.content ?? '')).toMatchObject({ source: 'sandbox' });
    const schema = {
      type: 'object',
      properties: { age: { type: 'integer', minimum: 1 } },
      required: ['age'],
      additionalProperties: false,
    };
    const strict = await ask('A person', {
      response_format: { type: 'json_schema', json_schema: { name: 'person', schema, strict: true } },
    });
    expect(JSON.parse(strict.choices[0]?.message.content ?? '')).toEqual({ age: expect.any(Number) });
    await expect(ask('No such word', { response_format: { type: 'json_object' } })).rejects.toMatchObject({
      status: 400,
      param: 'messages',
    });
  });

  test('stops at a stop sequence and at the token limit', async () => {
    const stopped = await ask('[sandbox: say="one two three"]', { stop: [' two', 'zzz'] });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'one' } });
    const short = await ask('[sandbox: tokens=50]', { max_completion_tokens: 7 });
    expect(short.choices[0]?.finish_reason).toBe('length');
    expect(short.usage?.completion_tokens).toBe(7);
    const exact = await ask('[sandbox: tokens=7]', { max_completion_tokens: 7 });
    expect(exact.choices[0]?.finish_reason).toBe('stop');
  });

  test('counts reasoning without showing it, and lets it eat the limit', async () => {
    const thought = await ask('Hello', { reasoning_effort: 'medium' });
    const reasoning = thought.usage?.completion_tokens_details?.reasoning_tokens ?? 0;
    expect(reasoning).toBe(192);
    expect(thought.usage?.completion_tokens).toBeGreaterThan(reasoning);
    const eaten = await ask('[sandbox: reasoning=100]', { max_completion_tokens: 60 });
    expect(eaten.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } });
    expect(eaten.usage?.completion_tokens_details?.reasoning_tokens).toBe(60);
    const shown = await ask('[sandbox: reasoning=5 reasoning-field=reasoning_content]');
    expect(shown.choices[0]?.message).toHaveProperty('reasoning_content');
  });

  test('gives n choices that differ, whole and streamed', async () => {
    const whole = await ask('[sandbox: tokens=12]', { n: 3 });
    const texts = whole.choices.map((choice) => choice.message.content);
    expect(new Set(texts).size).toBe(3);
    expect(whole.usage?.completion_tokens).toBe(36);
    const chunks = await collect('[sandbox: tokens=12]', { n: 3 });
    const streamed = ['', '', ''];
    for (const { choices } of chunks)
      for (const choice of choices) streamed[choice.index] += choice.delta.content ?? '';
    expect(streamed).toEqual(texts);
  });

  test('gives log probabilities that spell the answer', async () => {
    const answer = await ask('[sandbox: say="Good day to you"]', { logprobs: true, top_logprobs: 2 });
    const content = answer.choices[0]?.logprobs?.content ?? [];
    expect(content.map((entry) => entry.token).join('')).toBe('Good day to you');
    expect(content[0]?.top_logprobs).toHaveLength(2);
    expect(content.every((entry) => entry.logprob <= 0)).toBe(true);
  });

  test('counts images and repeats the message on request', async () => {
    const text = { type: 'text', text: 'What is this? [sandbox: echo]' } as const;
    const image = { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } } as const;
    const answer = await ask('', { messages: [{ role: 'user', content: [text, image] }] });
    expect(answer.choices[0]?.message.content).toBe('What is this?');
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(765);
  });

  test('refuses as a model refuses, and filters', async () => {
    const refused = await ask('[sandbox: refusal]');
    expect(refused.choices[0]?.message).toMatchObject({ content: null, refusal: expect.any(String) });
    expect((await ask('[sandbox: filtered]')).choices[0]?.finish_reason).toBe('content_filter');
  });

  test('takes the time of the clock when asked', async () => {
    const { created } = await ask('[sandbox: created=now]');
    expect(Math.abs(created - Date.now() / 1000)).toBeLessThan(30);
  });
});

describe('usage', () => {
  test('shows a long prompt as cached the second time, in steps of 128', async () => {
    const prompt = 'A long story about a cache. '.repeat(300);
    const first = await ask(prompt);
    const again = await ask(prompt);
    expect(first.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
    const cached = again.usage?.prompt_tokens_details?.cached_tokens ?? 0;
    expect(cached).toBeGreaterThanOrEqual(1024);
    expect(cached % 128).toBe(0);
    expect(cached).toBeLessThanOrEqual(again.usage?.prompt_tokens ?? 0);
    expect((await ask(`${prompt} And then?`)).usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThanOrEqual(1024);
    expect(again.choices).toEqual(first.choices);
  });

  test.each([
    ['usage=missing', undefined],
    ['usage=zero', { prompt_tokens: 0, completion_tokens: 0 }],
    ['usage=absurd', { prompt_tokens: 1e15, completion_tokens: 1e15 }],
    ['input-tokens=5 output-tokens=-3', { prompt_tokens: 5, completion_tokens: -3 }],
    ['usage=negative tokens=4', { completion_tokens: -4 }],
  ])('%s is reported as asked', async (directive, expected) => {
    const { usage } = await ask(`[sandbox: ${directive}]`);
    if (expected === undefined) expect(usage).toBeUndefined();
    else expect(usage).toMatchObject(expected);
  });

  test('cached=N and cache-write=N come on top of what was read', async () => {
    const plain = await ask('Hello [sandbox: echo cached=000 ]');
    const cached = await ask('Hello [sandbox: echo cached=100 ]');
    expect(cached.usage?.prompt_tokens).toBe((plain.usage?.prompt_tokens ?? 0) + 100);
    expect(cached.usage?.prompt_tokens_details?.cached_tokens).toBe(100);
    const written = await ask('Hello [sandbox: cache-write=50]');
    expect(written.usage?.prompt_tokens_details).toMatchObject({ cache_write_tokens: 50 });
  });

  test('can come twice or grow with every chunk', async () => {
    const twice = await collect('[sandbox: tokens=3 usage=repeated]', { stream_options: { include_usage: true } });
    expect(twice.filter((chunk) => chunk.usage)).toHaveLength(2);
    const growing = await collect('[sandbox: tokens=3 usage=growing]');
    expect(growing.map((chunk) => chunk.usage?.completion_tokens)).toEqual([0, 1, 2, 3, 3]);
  });
});
