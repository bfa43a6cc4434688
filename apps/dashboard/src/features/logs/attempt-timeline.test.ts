import { expect, it } from 'vitest';
import { timelineOf } from './attempt-timeline.ts';

type Attempt = Parameters<typeof timelineOf>[0]['attempts'][number];

const attempt = (startedAtMs: number, durationMs: number, firstContentMs: number | null): Attempt => ({
  attempt: 1,
  state: 'settled',
  startedAt: new Date(startedAtMs).toISOString(),
  endedAt: new Date(startedAtMs + durationMs).toISOString(),
  providerId: 'p',
  endpointId: 'e',
  model: 'm',
  upstreamModel: 'm',
  upstreamStatus: 200,
  failureKind: null,
  failureMessage: null,
  finishReason: null,
  nativeFinishReason: null,
  isCancelled: false,
  isUnpriced: false,
  durationMs,
  firstContentMs,
  usage: {
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    audioInputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    audioOutputTokens: 0,
    webSearches: 0,
  },
  usageSource: 'reported',
  cost: {
    lines: [],
    price: null,
    priceBookEntry: null,
    totalUsd: '0',
    totalNanoUsd: '0',
    recomputedNanoUsd: null,
    matches: null,
  },
});

it('places the attempts of a call on one scale', () => {
  const [first, second] = timelineOf({ attempts: [attempt(1_000, 200, null), attempt(1_250, 750, 250)] });
  expect([first?.from, first?.to, first?.firstContent]).toEqual([0, 0.2, undefined]);
  expect([second?.from, second?.to, second?.firstContent]).toEqual([0.25, 1, 0.5]);
});

it('draws a call that took no measurable time', () => {
  expect(timelineOf({ attempts: [attempt(1_000, 0, null)] })).toMatchObject([{ from: 0, to: 0 }]);
});
