import { describe, expect, test } from 'vitest';

import { contextFor } from './conformance/play.ts';
import { decodeText } from './framing/bytes.ts';
import type { Lane } from './lane.ts';
import { openLane } from './open-lane.ts';
import { anthropic } from './providers/anthropic.ts';
import { openaiCompatible } from './providers/openai-compatible.ts';

const clients = ['openai-chat', 'anthropic-messages'] as const;
const providers = [openaiCompatible, anthropic];
const lanes = clients.flatMap((client) => providers.map((provider) => ({ client, provider })));

function lane(client: (typeof clients)[number], provider: typeof anthropic, fields: string, beta?: string): Lane {
  const clientBody = `{"model":"m",${fields}"max_tokens":9,"messages":[{"role":"user","content":"x"}]}`;
  const context = contextFor({ clientProtocol: client, clientBody, provider });
  return openLane({ ...context, clientHeaders: beta === undefined ? {} : { 'anthropic-beta': beta } });
}

describe.each(lanes)('from a client of $client to $provider.id', ({ client, provider }) => {
  test.each([
    ['service_tier', '"priority"'],
    ['service_tier', '"fast"'],
    ['service_tier', '"ultrafast"'],
    ['service_tier', '"scale"'],
    ['service_tier', '"performance"'],
    ['service_tier', '"Priority"'],
    ['service_tier', '"a word of tomorrow"'],
    ['speed', '"fast"'],
    ['speed', '{"mode":"fast"}'],
    ['inference_geo', '"us"'],
  ])('%s %s raises the price, so it is dropped and reported', (field, value) => {
    const { request, droppedParams } = lane(client, provider, `"${field}":${value},`);
    expect(decodeText(request.body)).not.toContain(field);
    expect(droppedParams).toEqual([field]);
  });
});

describe('in the relay lane', () => {
  test.each([
    ['"service_tier":"flex",'],
    ['"service_tier":"default",'],
    ['"service_tier":"auto",'],
    ['"service_tier":"standard_only",'],
    ['"service_tier":"on_demand",'],
    ['"service_tier":null,'],
    ['"speed":"standard",'],
    ['"inference_geo":"global",'],
  ])('%s costs no more than leaving it out, so it passes', (fields) => {
    for (const [client, provider] of [
      ['openai-chat', openaiCompatible],
      ['anthropic-messages', anthropic],
    ] as const) {
      const { request, droppedParams } = lane(client, provider, fields);
      expect(decodeText(request.body)).toContain(fields);
      expect(droppedParams).toEqual([]);
    }
  });

  test.each([
    ['fast-mode-2026-02-01', undefined, ['anthropic-beta']],
    ['a-2025-01-01, fast-mode-2026-02-01 ,b', 'a-2025-01-01,b', ['anthropic-beta']],
    ['a,Fast-Mode-2099-01-01', 'a', ['anthropic-beta']],
    ['context-1m-2025-08-07, b', 'context-1m-2025-08-07, b', []],
  ])('of the betas %j those that switch on a priced mode are removed', (beta, sent, dropped) => {
    const { request, droppedParams } = lane('anthropic-messages', anthropic, '', beta);
    expect(request.headers['anthropic-beta']).toBe(sent);
    expect(droppedParams).toEqual(dropped);
  });

  test('field and beta of one mode are both reported', () => {
    const { droppedParams } = lane('anthropic-messages', anthropic, '"speed":"fast",', 'fast-mode-2026-02-01');
    expect(droppedParams).toEqual(['speed', 'anthropic-beta']);
  });
});

describe('in the translate lane', () => {
  test('a cheaper tier reaches a provider that knows it', () => {
    const { request, droppedParams } = lane('anthropic-messages', openaiCompatible, '"service_tier":"flex",');
    expect(decodeText(request.body)).toContain('"service_tier":"flex"');
    expect(droppedParams).toEqual([]);
  });

  test('a limit that the client gave twice is the larger one', () => {
    const { request } = lane('openai-chat', anthropic, '"max_completion_tokens":100000,');
    expect(decodeText(request.body)).toContain('"max_tokens":100000');
  });
});
