import type { AttemptView, CallDetailView, CostView } from '@turnpike/contracts/usage';
import { expect, it } from 'vitest';
import { exactAmount, sumExact } from '#lib/cost-lines.ts';
import { billOf } from './call-cost.ts';

const usage = {
  inputTokens: 1_204,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  audioInputTokens: 0,
  outputTokens: 313,
  reasoningTokens: 0,
  audioOutputTokens: 0,
  webSearches: 0,
};

const free: CostView = {
  lines: [],
  price: null,
  priceBookEntry: null,
  totalUsd: '0',
  totalNanoUsd: '0',
  recomputedNanoUsd: null,
  matches: null,
};

const line = (bucket: string, quantity: number, nanoUsdPerMillion: string) => ({
  bucket,
  unit: 'token' as const,
  quantity,
  usdPerMillion: '1',
  nanoUsdPerMillion,
  amountUsd: exactAmount(quantity, nanoUsdPerMillion),
});

const priced: CostView = {
  lines: [line('input', 1_204, '3000000000'), line('output', 313, '37500000')],
  price: { id: 'price_1', effectiveFrom: '2026-09-01T00:00:00.000Z', aboveInputTokens: null },
  priceBookEntry: null,
  totalUsd: '0.003623738',
  totalNanoUsd: '3623738',
  recomputedNanoUsd: '3623738',
  matches: true,
};

const attempt = (number: number, cost: CostView): AttemptView => ({
  attempt: number,
  state: 'settled',
  startedAt: '2026-11-23T17:00:00.000Z',
  endedAt: '2026-11-23T17:00:01.000Z',
  providerId: 'acme',
  endpointId: 'acme/large@acme',
  model: 'acme/large',
  upstreamModel: 'large',
  upstreamStatus: 200,
  failureKind: null,
  failureMessage: null,
  finishReason: 'stop',
  nativeFinishReason: 'stop',
  isCancelled: false,
  isUnpriced: false,
  durationMs: 1_000,
  firstContentMs: 200,
  usage,
  usageSource: 'reported',
  cost,
});

const detail = (
  attempts: AttemptView[],
  chargeUsd: string,
  chargeNanoUsd: string,
  correctionUsd = '0',
): CallDetailView => ({
  correctionUsd,
  correctionNanoUsd: '0',
  requestId: 'req_1',
  generationId: 'gen_1',
  startedAt: '2026-11-23T17:00:00.000Z',
  endedAt: '2026-11-23T17:00:01.000Z',
  status: 'success',
  projectId: 'proj_1',
  apiKey: { id: 'key_1', name: 'k', prefix: 'sk' },
  mode: 'live',
  operation: 'chat',
  clientProtocol: 'openai-chat',
  isStream: false,
  requestedModel: 'acme/large',
  model: 'acme/large',
  providerId: 'acme',
  attemptCount: attempts.length,
  usage,
  totalInputTokens: 1_204,
  totalOutputTokens: 313,
  usageSource: 'reported',
  isUnpriced: false,
  chargeUsd,
  chargeNanoUsd,
  durationMs: 1_000,
  firstContentMs: 200,
  finishReason: 'stop',
  failureKind: null,
  upstreamStatus: 200,
  endUser: null,
  attempts,
});

const amountsOf = (bill: ReturnType<typeof billOf>): string[] => [
  ...bill.attempts.flatMap((each) => [
    ...each.lines.map((one) => one.amountUsd),
    ...each.adjustments.map((one) => one.amountUsd),
  ]),
  ...(bill.corrections === undefined ? [] : [bill.corrections.amountUsd]),
];

it('puts every digit of the total on a line, the rounding included', () => {
  const bill = billOf(detail([attempt(1, priced)], '0.003623738', '3623738'));
  expect(bill.attempts[0]?.adjustments).toEqual([
    { label: 'Rounded to a billionth of a dollar', amountUsd: '0.0000000005' },
  ]);
  expect(sumExact(amountsOf(bill))).toBe(bill.totalUsd);
  expect(bill.matches).toBe(true);
});

it('says when a price book made the difference', () => {
  const marked: CostView = {
    ...priced,
    priceBookEntry: { id: 'b', numerator: '11', denominator: '10' },
    totalUsd: '0.003986111',
    totalNanoUsd: '3986111',
  };
  const bill = billOf(detail([attempt(1, marked)], '0.003986111', '3986111'));
  expect(bill.attempts[0]?.adjustments[0]?.label).toContain('× 11 ∕ 10');
  expect(sumExact(amountsOf(bill))).toBe('0.003986111');
});

it('leaves attempts that cost nothing off the bill, and shows corrections as their own line', () => {
  const bill = billOf(detail([attempt(1, free), attempt(2, priced)], '0.003', '3000000', '-0.000623738'));
  expect(bill.attempts.map((each) => each.attempt.attempt)).toEqual([2]);
  expect(bill.corrections).toEqual({ label: 'Corrections made later', amountUsd: '-0.000623738' });
  expect(sumExact(amountsOf(bill))).toBe('0.003');
});

it('does not claim a proof that was not made', () => {
  expect(billOf(detail([attempt(1, free)], '0', '0')).matches).toBeUndefined();
  expect(billOf(detail([attempt(1, { ...priced, matches: false })], '0.003623738', '3623738')).matches).toBe(false);
});
