import OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
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

describe('errors through the openai SDK', () => {
  test('a missing and a bad key are 401', async () => {
    const bad = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: 'sk-invalid-0123456789', maxRetries: 0 });
    const problem = await bad.models.list().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(problem).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(problem).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });
    expect(String(problem)).not.toContain('sk-invalid-0123456789');
    const missing = await fetch(`${sandbox.url}/v1/chat/completions`, { method: 'POST', body: '{}' });
    expect(missing.status).toBe(401);
    expect(await missing.json()).toMatchObject({ error: { type: 'invalid_request_error', code: null } });
  });

  test('an unknown model is 404', async () => {
    await expect(ask('Hi', { model: 'gpt-unknown' })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(ask('Hi', { model: 'gpt-unknown' })).rejects.toMatchObject({ code: 'model_not_found' });
    await expect(client.models.retrieve('does-not-exist')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test.each([
    [400, OpenAI.BadRequestError],
    [403, OpenAI.PermissionDeniedError],
    [409, OpenAI.ConflictError],
    [422, OpenAI.UnprocessableEntityError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
    [503, OpenAI.InternalServerError],
    [529, OpenAI.InternalServerError],
  ])('status=%i arrives as the class the SDK has for it', async (status, kind) => {
    await expect(ask('Hi', { model: `sandbox-chat--status=${status}` })).rejects.toBeInstanceOf(kind);
    await expect(collect(`[sandbox: status=${status}]`)).rejects.toBeInstanceOf(kind);
  });

  test('429 says when to come back', async () => {
    const problem = await ask('[sandbox: status=429 retry-after=2]').then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(problem).toMatchObject({ code: 'rate_limit_exceeded' });
    const headers = problem instanceof OpenAI.APIError ? problem.headers : undefined;
    expect(headers?.get('retry-after')).toBe('2');
    expect(headers?.get('retry-after-ms')).toBe('2000');
    expect(headers?.get('x-ratelimit-remaining-requests')).toBe('0');
    await expect(ask('[sandbox: status=429 error=quota]')).rejects.toMatchObject({ code: 'insufficient_quota' });
    await expect(ask('[sandbox: error=content-policy]')).rejects.toMatchObject({
      status: 400,
      code: 'content_policy_violation',
    });
  });

  test('a prompt past the window is refused in the words clients look for', async () => {
    const long = `${'word '.repeat(400)}[sandbox: context=300]`;
    await expect(ask(long)).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
    await expect(ask(long)).rejects.toThrow(/maximum context length is 300 tokens/);
    await expect(ask('[sandbox: context=300]', { max_tokens: 400 })).rejects.toThrow(/in the completion/);
  });

  test('times=k strikes the first k calls only, under one id for all models', async () => {
    const directive = '[sandbox: status=500 times=2 id=openai-retry]';
    const outcome = () =>
      ask(directive).then(
        () => 'answered',
        () => 'failed',
      );
    expect([await outcome(), await outcome(), await outcome()]).toEqual(['failed', 'failed', 'answered']);
    const retrying = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: 'sk-test', maxRetries: 2 });
    const body = {
      model: 'sandbox-chat',
      messages: [{ role: 'user', content: '[sandbox: status=503 times=1]' }],
    } as const;
    await expect(retrying.chat.completions.create({ ...body, messages: [...body.messages] })).resolves.toMatchObject({
      object: 'chat.completion',
    });
  });

  test.each([
    ['no body', '', 400, null],
    ['not JSON', '{"model":', 400, null],
    ['no object', '[]', 400, null],
    ['no messages', '{"model":"m"}', 400, 'missing_required_parameter'],
    ['empty messages', '{"model":"m","messages":[]}', 400, 'empty_array'],
    ['an unknown role', '{"model":"m","messages":[{"role":"robot","content":"x"}]}', 400, 'invalid_value'],
    ['a wrong type', '{"model":"m","messages":[{"role":"user","content":7}]}', 400, 'invalid_type'],
    [
      'too hot',
      '{"model":"m","temperature":99,"messages":[{"role":"user","content":"x"}]}',
      400,
      'integer_above_max_value',
    ],
    ['a lone tool result', '{"model":"m","messages":[{"role":"tool","tool_call_id":"a","content":"x"}]}', 400, null],
    [
      'an unanswered call',
      '{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"x"}]}',
      400,
      null,
    ],
    [
      'max_tokens to a reasoner',
      '{"model":"sandbox-reasoner","max_tokens":5,"messages":[{"role":"user","content":"x"}]}',
      400,
      'unsupported_parameter',
    ],
    [
      'a field of somebody else',
      '{"model":"m--strict","provider":{},"messages":[{"role":"user","content":"x"}]}',
      400,
      'unknown_parameter',
    ],
  ])('%s is refused', async (_what, body, status, code) => {
    const response = await fetch(`${sandbox.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code } });
  });

  test('an address that does not exist is 404 JSON', async () => {
    const response = await fetch(`${sandbox.url}/v1/nothing`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { message: 'Invalid URL (GET /v1/nothing)' } });
  });
});
