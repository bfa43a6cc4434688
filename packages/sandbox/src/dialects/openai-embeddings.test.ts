import OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox } from '../server.ts';
import type { Sandbox } from '../server.ts';

let sandbox: Sandbox;
let client: OpenAI;

beforeAll(async () => {
  sandbox = await startSandbox();
  client = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: 'sk-test', maxRetries: 0 });
});
afterAll(() => sandbox.close());

describe('embeddings', () => {
  const length = (vector: readonly number[]) => Math.hypot(...vector);

  test('are unit vectors, the same in floats and in base64', async () => {
    const floats = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: 'a cat',
      encoding_format: 'float',
    });
    const vector = floats.data[0]?.embedding ?? [];
    expect(vector).toHaveLength(1536);
    expect(length(vector)).toBeCloseTo(1, 5);
    const decoded = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'a cat' });
    expect([...(decoded.data[0]?.embedding ?? [])]).toEqual(vector);
  });

  test('come in batches, in the dimensions asked for, and count tokens', async () => {
    const batch = await client.embeddings.create({
      model: 'm',
      input: ['a cat on a mat', 'the cat on the mat', 'stock prices fell'],
      dimensions: 256,
      encoding_format: 'float',
    });
    expect(batch.data.map((item) => item.index)).toEqual([0, 1, 2]);
    const [near, nearer, far] = batch.data.map((item) => item.embedding);
    const cosine = (left: readonly number[] = [], right: readonly number[] = []) =>
      left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
    expect(cosine(near, nearer)).toBeGreaterThan(cosine(near, far) + 0.2);
    expect(batch.usage.total_tokens).toBe(batch.usage.prompt_tokens);
    const tokens = await client.embeddings.create({
      model: 'm',
      input: [
        [1, 2, 3],
        [4, 5],
      ],
      encoding_format: 'float',
    });
    expect(tokens.usage.prompt_tokens).toBe(5);
    expect(
      (await client.embeddings.create({ model: 'm', input: [1, 2, 3], encoding_format: 'float' })).data,
    ).toHaveLength(1);
    expect(
      (await client.embeddings.create({ model: 'text-embedding-3-large', input: 'x', encoding_format: 'float' }))
        .data[0]?.embedding,
    ).toHaveLength(3072);
  });

  test('fail as asked', async () => {
    await expect(client.embeddings.create({ model: 'm--status=500', input: 'x' })).rejects.toBeInstanceOf(
      OpenAI.InternalServerError,
    );
    await expect(client.embeddings.create({ model: 'unknown', input: 'x' })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    );
    await expect(client.embeddings.create({ model: 'm', input: '' })).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(client.embeddings.create({ model: 'm', input: 'x', dimensions: -1 })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    );
  });
});

test('models are listed and found', async () => {
  const ids = (await client.models.list()).data.map((model) => model.id);
  expect(ids).toContain('sandbox-chat');
  expect((await client.models.retrieve('gpt-4o')).id).toBe('gpt-4o');
});

test('another seed answers differently', async () => {
  const other = await startSandbox({ seed: 7 });
  const there = new OpenAI({ baseURL: `${other.url}/v1`, apiKey: 'k' });
  const body: ChatCompletionCreateParamsNonStreaming = {
    model: 'sandbox-chat',
    messages: [{ role: 'user', content: '[sandbox: tokens=20]' }],
  };
  const answer = await there.chat.completions.create(body);
  expect(answer.choices[0]?.message.content).not.toBe(
    (await client.chat.completions.create(body)).choices[0]?.message.content,
  );
  await other.close();
});
