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
const weather = {
  name: 'get_weather',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('errors through the anthropic SDK', () => {
  test.each([
    [400, Anthropic.BadRequestError, 'invalid_request_error'],
    [401, Anthropic.AuthenticationError, 'authentication_error'],
    [402, Anthropic.APIError, 'billing_error'],
    [403, Anthropic.PermissionDeniedError, 'permission_error'],
    [404, Anthropic.NotFoundError, 'not_found_error'],
    [413, Anthropic.APIError, 'request_too_large'],
    [429, Anthropic.RateLimitError, 'rate_limit_error'],
    [500, Anthropic.InternalServerError, 'api_error'],
    [529, Anthropic.InternalServerError, 'overloaded_error'],
  ])('status=%i arrives as the class and type of the vendor', async (status, kind, type) => {
    const problem = await ask(`[sandbox: status=${status} retry-after=3]`).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(problem).toBeInstanceOf(kind);
    expect(problem).toMatchObject({
      status,
      error: { type: 'error', error: { type }, request_id: expect.stringMatching(/^req_/) },
    });
    expect(problem instanceof Anthropic.APIError ? problem.headers?.get('retry-after') : undefined).toBe('3');
  });

  test('a bad key, a missing key and a missing version are refused', async () => {
    const bad = new Anthropic({ baseURL: sandbox.url, apiKey: 'sk-ant-invalid', maxRetries: 0 });
    await expect(bad.messages.create(body('Hi'))).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    const post = (headers: Record<string, string>) =>
      fetch(`${sandbox.url}/v1/messages`, { method: 'POST', headers, body: '{}' });
    expect((await post({})).status).toBe(401);
    const unversioned = await post({ 'x-api-key': 'k' });
    expect(unversioned.status).toBe(400);
    expect(await unversioned.json()).toMatchObject({ error: { message: 'anthropic-version: header is required' } });
  });

  test('an unknown model is 404', async () => {
    await expect(ask('Hi', { model: 'claude-nonexistent' })).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });

  test('a prompt past the window is refused in the words clients look for', async () => {
    await expect(ask(`${'word '.repeat(900)}[sandbox: context=500]`, { max_tokens: 10 })).rejects.toThrow(
      /prompt is too long: \d+ tokens > 500 maximum/,
    );
    await expect(ask('[sandbox: context=500]', { max_tokens: 600 })).rejects.toThrow(/exceed context limit/);
  });

  const user = (content: unknown) => ({ role: 'user', content });
  const use = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
  const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' };
  const text = { type: 'text', text: 'x' };
  test.each([
    ['no max_tokens', { messages: [user('x')] }, /^max_tokens: Field required/],
    ['no messages', { max_tokens: 5, messages: [] }, /at least one message/],
    [
      'an unknown role',
      { max_tokens: 5, messages: [{ role: 'robot', content: 'x' }] },
      /^messages\.0\.role: Input should be 'user' or 'assistant'/,
    ],
    ['a wrong type', { max_tokens: 5, messages: [user(7)] }, /^messages\.0\.content: Input should be a valid string/],
    [
      'a temperature out of range',
      { max_tokens: 5, temperature: -5, messages: [user('x')] },
      /^temperature: range: 0\.\.1/,
    ],
    ['empty content', { max_tokens: 5, messages: [user('')] }, /non-empty content/],
    [
      'an assistant first',
      { max_tokens: 5, messages: [{ role: 'assistant', content: 'x' }] },
      /must use the "user" role/,
    ],
    [
      'a call without result',
      { max_tokens: 5, messages: [user('x'), { role: 'assistant', content: [use] }, user('y')] },
      /`tool_use` ids were found without `tool_result`/,
    ],
    [
      'a result after text',
      { max_tokens: 5, messages: [user('x'), { role: 'assistant', content: [use] }, user([text, result])] },
      /`tool_use` ids were found without/,
    ],
    ['a result without call', { max_tokens: 5, messages: [user([result])] }, /unexpected `tool_use_id`/],
    [
      'five breakpoints',
      {
        max_tokens: 5,
        messages: [user(Array.from({ length: 5 }, () => ({ ...text, cache_control: { type: 'ephemeral' } })))],
      },
      /A maximum of 4 blocks/,
    ],
    ['twin tools', { max_tokens: 5, tools: [weather, weather], messages: [user('x')] }, /Tool names must be unique/],
    [
      'a tool without schema',
      { max_tokens: 5, tools: [{ name: 'f' }], messages: [user('x')] },
      /input_schema: Field required/,
    ],
    [
      'a thought longer than the answer may be',
      { max_tokens: 1024, thinking: { type: 'enabled', budget_tokens: 1024 }, messages: [user('x')] },
      /must be greater than/,
    ],
    [
      'a forced tool while thinking',
      {
        max_tokens: 2048,
        tools: [weather],
        tool_choice: { type: 'any' },
        thinking: { type: 'enabled', budget_tokens: 1024 },
        messages: [user('x')],
      },
      /Thinking may not be enabled/,
    ],
    [
      'a field of somebody else',
      { model: 'm--strict', max_tokens: 5, provider: {}, messages: [user('x')] },
      /^provider: Extra inputs/,
    ],
  ])('%s is refused', async (_what, fields, message) => {
    const response = await fetch(`${sandbox.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ model: 'm', ...fields }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringMatching(message) },
    });
  });

  test('an error in the middle of a stream raises', async () => {
    const stream = client.messages.stream(body('[sandbox: tokens=9 stream-error=3]'));
    await expect(stream.finalMessage()).rejects.toThrow(/Overloaded/);
  });
});
