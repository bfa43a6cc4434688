import { describe, expect, it } from 'vitest';

import type { Price } from '../catalog/price.ts';
import { zeroUsage } from '../inference/usage.ts';
import { nanoUsdPerMillion as per } from '../money.ts';
import { settleAttempt, type AttemptEvidence } from './settle-attempt.ts';

const price: Price = {
  id: 'p',
  effectiveFromMs: 0,
  rates: { input: per(1_000_000_000n), output: per(2_000_000_000n) },
  tiers: [],
};
const good: AttemptEvidence = {
  reported: { ...zeroUsage, inputTokens: 100, outputTokens: 50 },
  isReportFinal: true,
  inputBytes: 400,
  outputBytes: 200,
  hasAnswer: true,
  failure: undefined,
  isCancelled: false,
  price,
  entry: undefined,
  isBilled: true,
};

describe('settleAttempt', () => {
  it('bills what the provider reported', () => {
    expect(settleAttempt(good)).toMatchObject({
      state: 'settled',
      usageSource: 'reported',
      chargeNanoUsd: 200_000n,
      providerCostNanoUsd: 200_000n,
    });
  });

  it('estimates from what was delivered when the provider reports nothing', () => {
    expect(settleAttempt({ ...good, reported: undefined })).toMatchObject({
      state: 'estimated',
      usageSource: 'estimated',
      usage: { inputTokens: 100, outputTokens: 50 },
      chargeNanoUsd: 200_000n,
    });
  });

  it.each([{ inputTokens: -1 }, { outputTokens: 1e12 }, { outputTokens: 1.5 }, { inputTokens: Number.NaN }])(
    'does not believe the report %j and never credits for it',
    (report) => {
      const settled = settleAttempt({ ...good, reported: { ...zeroUsage, ...report } });
      expect(settled).toMatchObject({ state: 'estimated', chargeNanoUsd: 200_000n });
    },
  );

  it.each([
    [
      { inputTokens: 90, outputTokens: 1 },
      { inputTokens: 90, outputTokens: 50 },
    ],
    [
      { cacheReadTokens: 80, outputTokens: 60 },
      { cacheReadTokens: 80, outputTokens: 60 },
    ],
    [
      { inputTokens: 90, reasoningTokens: 45 },
      { inputTokens: 90, outputTokens: 5, reasoningTokens: 45 },
    ],
  ])('charges a stream that was left after the report %j for what it had produced: %j', (report, usage) => {
    const left = { ...good, reported: { ...zeroUsage, ...report }, isReportFinal: false, isCancelled: true };
    expect(settleAttempt(left)).toMatchObject({ state: 'estimated', usageSource: 'estimated', usage });
  });

  it('charges nothing for a failed attempt, and keeps what it cost us', () => {
    expect(settleAttempt({ ...good, failure: { kind: 'server', message: 'x' } })).toMatchObject({
      state: 'failed',
      chargeNanoUsd: 0n,
      providerCostNanoUsd: 200_000n,
    });
  });

  it('charges nothing when the client left before anything was produced', () => {
    const settled = settleAttempt({ ...good, reported: undefined, outputBytes: 0, isCancelled: true });
    expect(settled).toMatchObject({ state: 'estimated', chargeNanoUsd: 0n, providerCostNanoUsd: 100_000n });
  });

  it('charges a client that left early for what was produced', () => {
    const settled = settleAttempt({ ...good, reported: undefined, outputBytes: 40, isCancelled: true });
    expect(settled).toMatchObject({ state: 'estimated', chargeNanoUsd: 120_000n });
  });

  it('meters test calls and never bills them', () => {
    expect(settleAttempt({ ...good, isBilled: false })).toMatchObject({
      state: 'settled',
      usage: { inputTokens: 100 },
      chargeNanoUsd: 0n,
      providerCostNanoUsd: 0n,
    });
  });

  it('knows of no consumption when no answer began', () => {
    const settled = settleAttempt({
      ...good,
      reported: undefined,
      hasAnswer: false,
      failure: { kind: 'connection', message: 'x' },
    });
    expect(settled).toMatchObject({ usage: zeroUsage, providerCostNanoUsd: 0n, chargeNanoUsd: 0n });
  });
});
