import { GatewayError } from '@turnpike/core/errors';
import { describe, expect, test } from 'vitest';

import { contextFor } from './conformance/play.ts';
import { encodeText } from './framing/bytes.ts';
import { openLane } from './open-lane.ts';
import { anthropic } from './providers/anthropic.ts';
import { groq } from './providers/groq.ts';
import { openai } from './providers/openai.ts';

const chat = '{"model":"m","messages":[{"role":"user","content":"x"}]}';

describe('opening a lane', () => {
  test.each([
    ['openai-chat', openai, 'relay', '/chat/completions'],
    ['openai-chat', anthropic, 'translate', '/messages'],
    ['anthropic-messages', anthropic, 'relay', '/messages'],
    ['anthropic-messages', groq, 'translate', '/chat/completions'],
  ] as const)('from %s is a %o', (clientProtocol, provider, kind, path) => {
    const clientBody = chat.replace('"model"', '"max_tokens":5,"model"');
    const lane = openLane(contextFor({ clientProtocol, clientBody, provider }));
    expect(lane).toMatchObject({ kind, request: { path } });
  });

  test('sends the credential as the provider wants it, and no header of the client’s to another protocol', () => {
    const clientHeaders = { 'anthropic-beta': 'x', authorization: 'Bearer theirs' };
    const toOpenai = openLane({
      ...contextFor({ clientProtocol: 'openai-chat', clientBody: chat, provider: openai }),
      clientHeaders,
    });
    expect(toOpenai.request.headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: 'Bearer test-credential-of-no-value',
      'x-client-request-id': 'req_test.1',
    });
    const toAnthropic = openLane({
      ...contextFor({ clientProtocol: 'openai-chat', clientBody: chat, provider: anthropic }),
      clientHeaders,
    });
    expect(toAnthropic.request.headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'anthropic-version': '2023-06-01',
      'x-api-key': 'test-credential-of-no-value',
      'x-client-request-id': 'req_test.1',
    });
  });

  test('is refused where the provider does not offer the operation', () => {
    const context = contextFor({
      clientProtocol: 'openai-embeddings',
      clientBody: '{"model":"m","input":"x"}',
      provider: groq,
    });
    expect(() => openLane(context)).toThrow(GatewayError);
    expect(() => openLane(context)).toThrow('Groq does not offer embeddings.');
  });

  test('reads a date to wait for by our clock, where the provider tells no time', () => {
    const lane = openLane(contextFor({ clientProtocol: 'openai-chat', clientBody: chat, provider: openai }));
    const headers = { 'retry-after': 'Tue, 14 Nov 2023 22:13:50 GMT' };
    expect(lane.readFailure(429, headers, encodeText('{}')).retryAfterSeconds).toBe(30);
  });

  test('takes our own credential out of what a provider says of it', () => {
    const lane = openLane(contextFor({ clientProtocol: 'openai-chat', clientBody: chat, provider: openai }));
    const body = encodeText('{"error":{"message":"bad token test-credential-of-no-value here"}}');
    expect(lane.readFailure(500, {}, body).message).toBe('bad token [redacted] here');
    expect(lane.readAnswer(500, {}, body)).toMatchObject({ message: 'bad token [redacted] here' });
    const stream = openLane(
      contextFor({ clientProtocol: 'openai-chat', clientBody: chat, provider: anthropic }),
    ).openStream();
    stream.push(
      encodeText(
        'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"test-credential-of-no-value"}}\n\n',
      ),
    );
    expect(stream.failure?.message).toBe('[redacted]');
  });
});
