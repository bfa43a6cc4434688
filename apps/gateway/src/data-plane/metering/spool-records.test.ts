import { randomBytes } from 'node:crypto';
import { mintId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeAttempt, makeCall, makeUsageAttempt } from './fixtures/usage-attempts.ts';
import { decodeOpenRecord, decodeUsageAttempt, encodeOpenRecord, encodeUsageAttempt } from './spool-records.ts';

const organizationId = mintId<'organization'>(Date.now(), randomBytes(10));
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const maybeText = fc.option(text, { nil: undefined });
const count = fc.nat({ max: 1_000_000_000 });

const usageAttempt = fc
  .record({
    requestedModel: text,
    endUser: maybeText,
    isStream: fc.boolean(),
    hasMember: fc.boolean(),
    modelSlug: maybeText,
    charge: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    tokens: fc.tuple(count, count, count),
    failureMessage: maybeText,
    firstContentMs: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
    state: fc.constantFrom('settled', 'estimated', 'failed', 'orphaned'),
  })
  .map(({ hasMember, modelSlug, charge, tokens: [inputTokens, outputTokens, cacheReadTokens], ...rest }) => {
    const memberId = hasMember ? mintId<'member'>(Date.now(), randomBytes(10)) : undefined;
    const { requestedModel, endUser, isStream, ...outcome } = rest;
    const call = makeCall(organizationId, { requestedModel, endUser, isStream, memberId });
    const row = makeUsageAttempt(call, makeAttempt(1, { modelSlug }), charge, outcome);
    return {
      ...row,
      outcome: { ...row.outcome, usage: { ...row.outcome.usage, inputTokens, outputTokens, cacheReadTokens } },
    };
  });

describe('usage records', () => {
  test('are read back exactly as they were written, absent facts and large amounts included', () => {
    fc.assert(
      fc.property(usageAttempt, (row) => {
        expect(decodeUsageAttempt(encodeUsageAttempt(row))).toEqual(row);
      }),
    );
  });

  test('are one line each, whatever a client put into them', () => {
    const call = makeCall(organizationId, { endUser: 'a\nb\r\n\u2028\u0000', requestedModel: '\ud800' });
    expect(encodeUsageAttempt(makeUsageAttempt(call, makeAttempt(), 1n))).not.toContain('\n');
  });

  test.each([
    ['a missing amount', (line: string) => line.replace(/"chargeNanoUsd":"\d+"/, '"x":1')],
    ['an amount as a number', (line: string) => line.replace(/"chargeNanoUsd":"(\d+)"/, '"chargeNanoUsd":$1')],
    ['an id that is none', (line: string) => line.replace(/"organizationId":"[^"]+"/, '"organizationId":"acme"')],
    ['negative tokens', (line: string) => line.replace('"inputTokens":10', '"inputTokens":-10')],
    ['an unknown state', (line: string) => line.replace('"settled"', '"paid"')],
    ['an unknown member', (line: string) => line.replace('"call":{', '"call":{"prompt":"hello",')],
    ['half a line', (line: string) => line.slice(0, 100)],
  ])('with %s are refused', (_what, spoil) => {
    const line = encodeUsageAttempt(makeUsageAttempt(makeCall(organizationId), makeAttempt(), 7n));
    expect(() => decodeUsageAttempt(spoil(line))).toThrow(/expected|Invalid|Unrecognized|UUID|JSON/);
  });
});

describe('records of the journal', () => {
  test('are read back exactly as they were written', () => {
    const call = makeCall(organizationId, { endUser: 'someone' });
    for (const record of [
      { type: 'attempt', call, attempt: makeAttempt(2) },
      { type: 'ended', requestId: call.requestId, organizationId, attempt: 2, chargeNanoUsd: nanoUsd(2n ** 62n) },
      { type: 'closed', requestIds: [call.requestId] },
    ] as const) {
      expect(decodeOpenRecord(encodeOpenRecord(record))).toEqual(record);
    }
  });
});
