import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, inject, it } from 'vitest';

const { gatewayUrl, demo } = inject('product');
const openai = new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: demo.apiKey, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: gatewayUrl, apiKey: demo.apiKey, maxRetries: 0 });

/** One model of each vendor's protocol: each SDK must reach both. */
const models = ['openai/gpt-5.4-mini', 'anthropic/claude-sonnet-5'];
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

describe.each(models)('the unmodified OpenAI SDK with %s', (model) => {
  it('chats', async () => {
    const answer = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Say something.' }],
    });
    expect(answer.choices[0]?.message.content).toMatch(/\w/);
    expect(answer.usage).toMatchObject({ cost_nano_usd: expect.stringMatching(/^[1-9]\d*$/) });
  });

  it('streams with usage', async () => {
    const stream = await openai.chat.completions.create({
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: '[sandbox: tokens=20]' }],
    });
    let text = '';
    let tokens: number | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      tokens = chunk.usage?.completion_tokens ?? tokens;
    }
    expect(text).toMatch(/\w/);
    expect(tokens).toBe(20);
  });

  it('calls a tool and goes on with its result', async () => {
    const first = await openai.chat.completions.create({
      model,
      tools,
      messages: [{ role: 'user', content: 'Weather in Oslo? [sandbox: tool=get_weather]' }],
    });
    const message = first.choices[0]?.message;
    const call = message?.tool_calls?.[0];
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toHaveProperty('city');
    const second = await openai.chat.completions.create({
      model,
      tools,
      messages: [
        { role: 'user', content: 'Weather in Oslo?' },
        { role: 'assistant', content: null, tool_calls: message?.tool_calls ?? [] },
        { role: 'tool', tool_call_id: call?.id ?? '', content: '-3 °C' },
      ],
    });
    expect(second.choices[0]?.message.content).toMatch(/\w/);
  });
});

describe.each(models)('the unmodified Anthropic SDK with %s', (model) => {
  it('gets a message', async () => {
    const message = await anthropic.messages.create({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Say something.' }],
    });
    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringMatching(/\w/) });
  });

  it('streams one', async () => {
    const message = await anthropic.messages
      .stream({ model, max_tokens: 100, messages: [{ role: 'user', content: '[sandbox: tokens=20]' }] })
      .finalMessage();
    expect(message.usage.output_tokens).toBe(20);
  });
});

describe('everything else that the OpenAI SDK asks for', () => {
  it('embeds', async () => {
    const answer = await openai.embeddings.create({ model: 'openai/text-embedding-3-small', input: ['one', 'two'] });
    expect(answer.data).toHaveLength(2);
    expect(answer.data[0]?.embedding).toHaveLength(1536);
  });

  it('lists models and shows one', async () => {
    const list = await openai.models.list();
    expect(list.data.length).toBeGreaterThan(30);
    expect((await openai.models.retrieve('openai/gpt-5.4-mini')).id).toBe('openai/gpt-5.4-mini');
  });

  it('raises its own error classes for a bad key and an unknown model', async () => {
    const ask = { model: 'openai/gpt-5.4-mini', messages: [{ role: 'user' as const, content: 'Hi' }] };
    await expect(
      new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: 'sk-wrong', maxRetries: 0 }).chat.completions.create(ask),
    ).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(openai.chat.completions.create({ ...ask, model: 'gpt-of-tomorrow' })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    );
  });
});
