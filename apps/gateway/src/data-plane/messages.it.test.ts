import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startGatewayFixture, type GatewayFixture } from '../testing/gateway-fixture.ts';

let gateway: GatewayFixture;
let anthropic: Anthropic;
let openai: OpenAI;
let secret: string;

beforeAll(async () => {
  gateway = await startGatewayFixture();
  ({ secret } = await (await gateway.createTenant()).createKey());
  anthropic = new Anthropic({ baseURL: gateway.url, apiKey: secret, maxRetries: 0 });
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: secret, maxRetries: 0 });
});
afterAll(() => gateway.stop());

const weather = {
  name: 'get_weather',
  description: 'Weather of a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};

/** One model that speaks the client's own protocol, and one that does not. */
const models = ['acme/sonnet', 'acme/solo'];

describe.each(models)('the Anthropic SDK with %s', (model) => {
  it('gets an answer with its usage and its cost', async () => {
    const message = await anthropic.messages.create({
      model,
      max_tokens: 200,
      messages: [{ role: 'user', content: '[sandbox: tokens=25]' }],
    });
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model,
      stop_reason: 'end_turn',
      usage: { output_tokens: 25, cost_nano_usd: expect.stringMatching(/^[1-9]\d*$/) },
    });
    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringMatching(/\w/) });
  });

  it('streams the same text that it would have answered whole', async () => {
    const ask = { model, max_tokens: 200, messages: [{ role: 'user' as const, content: '[sandbox: tokens=25]' }] };
    const whole = await anthropic.messages.create(ask);
    const stream = anthropic.messages.stream(ask);
    const streamed = await stream.finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage.output_tokens).toBe(25);
    expect(streamed.stop_reason).toBe('end_turn');
  });

  it('calls tools, several at once, and goes on with their results', async () => {
    const first = await anthropic.messages.create({
      model,
      max_tokens: 500,
      tools: [weather],
      messages: [{ role: 'user', content: 'Weather? [sandbox: tool=get_weather calls=2]' }],
    });
    const calls = first.content.filter((block) => block.type === 'tool_use');
    expect(first.stop_reason).toBe('tool_use');
    expect(calls).toHaveLength(2);
    expect(new Set(calls.map((call) => call.id)).size).toBe(2);
    const second = await anthropic.messages.create({
      model,
      max_tokens: 500,
      tools: [weather],
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: calls.map((call) => ({ type: 'tool_result' as const, tool_use_id: call.id, content: 'Sunny' })),
        },
      ],
    });
    expect(second.stop_reason).toBe('end_turn');
  });

  it('raises the SDK’s own error classes', async () => {
    const ask = { model, max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] };
    await expect(
      new Anthropic({ baseURL: gateway.url, apiKey: 'sk-wrong', maxRetries: 0 }).messages.create(ask),
    ).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await expect(anthropic.messages.create({ ...ask, model: 'acme/none' })).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    );
    await expect(anthropic.messages.create({ ...ask, messages: [] })).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    await expect(
      anthropic.messages.create({ ...ask, messages: [{ role: 'user', content: '[sandbox: status=429]' }] }),
    ).rejects.toBeInstanceOf(Anthropic.RateLimitError);
  });

  it('hears of a stream that broke', async () => {
    const stream = anthropic.messages.stream({
      model,
      max_tokens: 200,
      messages: [{ role: 'user', content: '[sandbox: tokens=50 cut=8]' }],
    });
    await expect(stream.finalMessage()).rejects.toThrow(/provider|failed|error/i);
  });
});

describe('the OpenAI SDK with a model of the other protocol', () => {
  it('gets text, tools, JSON by schema and usage with cached tokens inside', async () => {
    const model = 'acme/sonnet';
    const plain = await openai.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 'Be brief' },
        { role: 'user', content: '[sandbox: tokens=12 cached=40]' },
      ],
    });
    expect(plain.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: expect.stringMatching(/\w/) },
    });
    expect(plain.usage).toMatchObject({ completion_tokens: 12, prompt_tokens_details: { cached_tokens: 40 } });
    expect(plain.usage?.prompt_tokens).toBeGreaterThan(40);

    const tool = await openai.chat.completions.create({
      model,
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: weather.input_schema } }],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
      messages: [{ role: 'user', content: 'Weather?' }],
    });
    const call = tool.choices[0]?.message.tool_calls?.[0];
    expect(tool.choices[0]?.finish_reason).toMatch(/tool_calls|stop/);
    expect(call?.type === 'function' ? JSON.parse(call.function.arguments) : undefined).toMatchObject({
      city: expect.any(String),
    });

    const json = await openai.chat.completions.create({
      model,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'person',
          strict: true,
          schema: {
            type: 'object',
            properties: { name: { type: 'string' } },
            required: ['name'],
            additionalProperties: false,
          },
        },
      },
      messages: [{ role: 'user', content: 'Who?' }],
    });
    expect(JSON.parse(json.choices[0]?.message.content ?? '')).toMatchObject({ name: expect.any(String) });
  });

  it('streams parallel tool calls with indexes of their own', async () => {
    const stream = await openai.chat.completions.create({
      model: 'acme/sonnet',
      stream: true,
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: weather.input_schema } }],
      messages: [{ role: 'user', content: 'Weather? [sandbox: tool=get_weather calls=3]' }],
    });
    const argumentsByIndex = new Map<number, string>();
    for await (const chunk of stream) {
      for (const call of chunk.choices[0]?.delta.tool_calls ?? []) {
        argumentsByIndex.set(call.index, (argumentsByIndex.get(call.index) ?? '') + (call.function?.arguments ?? ''));
      }
    }
    expect([...argumentsByIndex.keys()]).toEqual([0, 1, 2]);
    for (const text of argumentsByIndex.values()) {
      expect(JSON.parse(text)).toHaveProperty('city');
    }
  });
});
