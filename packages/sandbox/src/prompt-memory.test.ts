import { describe, expect, test } from 'vitest';
import { promptBlock } from './ask.ts';
import { PromptMemory } from './prompt-memory.ts';

const text = (words: number, label = '') => promptBlock(`${label}${'word '.repeat(words)}`);
const marked = (words: number, cacheFor: '5m' | '1h', label = '') =>
  promptBlock(`${label}${'word '.repeat(words)}`, 0, cacheFor);

describe('caching without being asked', () => {
  test('recognises a prefix of 1,024 tokens or more, in steps of 128', () => {
    const memory = new PromptMemory();
    expect(memory.recallAutomatically('a', [text(1_000)]).cachedTokens).toBe(0);
    expect(memory.recallAutomatically('a', [text(1_000)]).cachedTokens).toBe(1_152);
    expect(memory.recallAutomatically('a', [text(1_000), text(5, 'more')]).cachedTokens).toBe(1_152);
    expect(memory.recallAutomatically('a', [text(1_000, 'other')]).cachedTokens).toBe(0);
    expect(memory.recallAutomatically('b', [text(1_000)]).cachedTokens).toBe(0);
  });

  test('leaves shorter prompts alone', () => {
    const memory = new PromptMemory();
    memory.recallAutomatically('a', [text(800)]);
    expect(memory.recallAutomatically('a', [text(800)]).cachedTokens).toBe(0);
  });

  test('forgets after five minutes', () => {
    let nowMs = 0;
    const memory = new PromptMemory(() => nowMs);
    memory.recallAutomatically('a', [text(1_000)]);
    nowMs = 299_000;
    expect(memory.recallAutomatically('a', [text(1_000)]).cachedTokens).toBe(1_152);
    nowMs += 301_000;
    expect(memory.recallAutomatically('a', [text(1_000)]).cachedTokens).toBe(0);
  });
});

describe('caching at breakpoints', () => {
  test('writes up to the last breakpoint and reads the longest prefix written before', () => {
    const memory = new PromptMemory();
    const first = memory.recallAtBreakpoints('a', [marked(1_000, '5m'), text(10)]);
    expect(first).toEqual({ cachedTokens: 0, cacheWriteTokens: 1_250, cacheWriteHourTokens: 0 });
    const second = memory.recallAtBreakpoints('a', [text(1_000), text(10), marked(400, '5m', 'x')]);
    expect(second.cachedTokens).toBe(1_250);
    expect(second.cacheWriteTokens).toBe(13 + 501);
  });

  test('keeps what is asked for an hour apart and for an hour', () => {
    let nowMs = 0;
    const memory = new PromptMemory(() => nowMs);
    const prompt = [marked(1_000, '1h'), marked(1_000, '5m', 'x')];
    expect(memory.recallAtBreakpoints('a', prompt)).toEqual({
      cachedTokens: 0,
      cacheWriteTokens: 2_501,
      cacheWriteHourTokens: 1_250,
    });
    nowMs = 3_000_000;
    expect(memory.recallAtBreakpoints('a', prompt)).toEqual({
      cachedTokens: 1_250,
      cacheWriteTokens: 1_251,
      cacheWriteHourTokens: 0,
    });
  });

  test('does nothing without a breakpoint or under 1,024 tokens', () => {
    const memory = new PromptMemory();
    for (const prompt of [[text(2_000)], [marked(500, '5m')]]) {
      memory.recallAtBreakpoints('a', prompt);
      expect(memory.recallAtBreakpoints('a', prompt)).toMatchObject({ cachedTokens: 0, cacheWriteTokens: 0 });
    }
  });
});
