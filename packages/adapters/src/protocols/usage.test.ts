import { zeroUsage, type Usage } from '@turnpike/core/inference/usage';
import { nanoUsd } from '@turnpike/core/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import * as messages from './anthropic-messages/usage.ts';
import * as chat from './openai-chat/usage.ts';
import * as embeddings from './openai-embeddings/response.ts';

describe('usage of chat completions', () => {
  test.each<[string, object, Partial<Usage>]>([
    ['plain', { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 }, { inputTokens: 10, outputTokens: 3 }],
    [
      'in parts, all inside of the totals',
      {
        prompt_tokens: 1000,
        completion_tokens: 300,
        prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 100, audio_tokens: 50 },
        completion_tokens_details: { reasoning_tokens: 120, audio_tokens: 30 },
      },
      {
        inputTokens: 250,
        cacheReadTokens: 600,
        cacheWrite5mTokens: 100,
        audioInputTokens: 50,
        outputTokens: 150,
        reasoningTokens: 120,
        audioOutputTokens: 30,
      },
    ],
    [
      'cache hits of another spelling',
      { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4 },
      { inputTokens: 6, cacheReadTokens: 4, outputTokens: 1 },
    ],
    [
      'reasoning beside the completion, as the total shows',
      { prompt_tokens: 10, completion_tokens: 3, total_tokens: 20, completion_tokens_details: { reasoning_tokens: 7 } },
      { inputTokens: 10, outputTokens: 3, reasoningTokens: 7 },
    ],
    [
      'reasoning larger than the completion that holds it',
      { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13, completion_tokens_details: { reasoning_tokens: 7 } },
      { inputTokens: 10, outputTokens: 0, reasoningTokens: 3 },
    ],
    [
      'cached audio',
      {
        prompt_tokens: 100,
        completion_tokens: 1,
        prompt_tokens_details: { cached_tokens: 80, audio_tokens: 60, cached_tokens_details: { audio_tokens: 50 } },
      },
      { inputTokens: 10, cacheReadTokens: 80, audioInputTokens: 10, outputTokens: 1 },
    ],
    [
      'null parts',
      { prompt_tokens: 10, completion_tokens: 3, prompt_tokens_details: null, completion_tokens_details: null },
      { inputTokens: 10, outputTokens: 3 },
    ],
  ])('%s', (_what, report, expected) => {
    expect(chat.parseUsage(JSON.parse(JSON.stringify(report)))).toEqual({ ...zeroUsage, ...expected });
  });

  test.each([
    [undefined],
    [null],
    [{}],
    ['10'],
    [{ total_tokens: 5 }],
    [{ prompt_tokens: -1, completion_tokens: 1 }],
    [{ prompt_tokens: 1.5, completion_tokens: 1 }],
    [{ prompt_tokens: '7', completion_tokens: 1 }],
    [{ prompt_tokens: 5e12, completion_tokens: 1 }],
    [{ prompt_tokens: 7, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 161 } }],
  ])('%j counts as not reported', (report) => {
    expect(chat.parseUsage(report)).toBeUndefined();
  });
});

describe('usage of messages', () => {
  test.each<[string, object, Partial<Usage>]>([
    ['plain', { input_tokens: 10, output_tokens: 3 }, { inputTokens: 10, outputTokens: 3 }],
    [
      'cached, both lifetimes apart',
      {
        input_tokens: 10,
        output_tokens: 3,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 70,
        cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 50 },
      },
      { inputTokens: 10, outputTokens: 3, cacheReadTokens: 100, cacheWrite5mTokens: 20, cacheWrite1hTokens: 50 },
    ],
    [
      'written without a lifetime',
      { input_tokens: 10, output_tokens: 3, cache_creation_input_tokens: 70 },
      { inputTokens: 10, outputTokens: 3, cacheWrite5mTokens: 70 },
    ],
    [
      'thinking and searches',
      {
        input_tokens: 10,
        output_tokens: 30,
        output_tokens_details: { thinking_tokens: 12 },
        server_tool_use: { web_search_requests: 2 },
      },
      { inputTokens: 10, outputTokens: 18, reasoningTokens: 12, webSearches: 2 },
    ],
    [
      'an advisor that the totals leave out',
      {
        input_tokens: 30,
        output_tokens: 8,
        iterations: [
          { type: 'message', input_tokens: 10, output_tokens: 3 },
          { type: 'advisor_message', input_tokens: 100, output_tokens: 40, cache_read_input_tokens: 5 },
          { type: 'message', input_tokens: 20, output_tokens: 5 },
        ],
      },
      { inputTokens: 130, outputTokens: 48, cacheReadTokens: 5 },
    ],
  ])('%s', (_what, report, expected) => {
    expect(messages.parseUsage(JSON.parse(JSON.stringify(report)))).toEqual({ ...zeroUsage, ...expected });
  });

  test('is told over two events, each count a total; nulls say nothing', () => {
    const merged = messages.mergeReports(
      { input_tokens: 9, output_tokens: 1, cache_read_input_tokens: 4 },
      { output_tokens: 20, input_tokens: null },
    );
    expect(messages.parseUsage(merged)).toMatchObject({ inputTokens: 9, outputTokens: 20, cacheReadTokens: 4 });
  });

  test.each([
    [undefined],
    [{}],
    [{ input_tokens: -4, output_tokens: 1 }],
    [{ input_tokens: 1, output_tokens: 0.5 }],
    [{ input_tokens: 1, output_tokens: 3, output_tokens_details: { thinking_tokens: 9 } }],
  ])('%j counts as not reported', (report) => {
    expect(messages.parseUsage(report)).toBeUndefined();
  });
});

describe('usage of embeddings', () => {
  test('is the prompt, or the total where a vendor gives nothing else', () => {
    expect(embeddings.parseUsage({ prompt_tokens: 4, total_tokens: 4 })?.inputTokens).toBe(4);
    expect(embeddings.parseUsage({ total_tokens: 6 })?.inputTokens).toBe(6);
    expect(embeddings.parseUsage({ total_tokens: -6 })).toBeUndefined();
    expect(embeddings.parseUsage({})).toBeUndefined();
  });
});

describe('settled usage', () => {
  const count = fc.nat(1_000_000);
  const usage: fc.Arbitrary<Usage> = fc.record({
    inputTokens: count,
    cacheReadTokens: count,
    cacheWrite5mTokens: count,
    cacheWrite1hTokens: count,
    audioInputTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    audioOutputTokens: count,
    webSearches: fc.nat(9),
  });

  test('that a chat client gets counts every token once, with caches inside of the prompt', () => {
    fc.assert(
      fc.property(usage, fc.bigInt({ min: 0n, max: 10n ** 15n }), (spent, charge) => {
        const rendered = chat.renderUsage({ usage: spent, source: 'reported', chargeNanoUsd: nanoUsd(charge) });
        const back = chat.parseUsage(rendered);
        expect(back).toEqual({
          ...spent,
          cacheWrite5mTokens: spent.cacheWrite5mTokens + spent.cacheWrite1hTokens,
          cacheWrite1hTokens: 0,
        });
        expect(rendered).toMatchObject({ cost_nano_usd: charge.toString(), is_byok: false });
        expect(Math.abs(Number(rendered['cost']) * 1e9 - Number(charge))).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('that a messages client gets keeps caches apart from the input', () => {
    fc.assert(
      fc.property(usage, (spent) => {
        const rendered = messages.renderUsage({ usage: spent, source: 'estimated', chargeNanoUsd: nanoUsd(7n) });
        expect(messages.parseUsage(rendered)).toEqual({
          ...spent,
          inputTokens: spent.inputTokens + spent.audioInputTokens,
          audioInputTokens: 0,
          outputTokens: spent.outputTokens + spent.audioOutputTokens,
          audioOutputTokens: 0,
        });
      }),
    );
  });
});
