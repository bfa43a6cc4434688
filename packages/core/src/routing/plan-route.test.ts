import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candidate } from '../catalog/model.ts';
import { nanoUsdPerMillion as per } from '../money.ts';
import { planRoute, type RouteFacts } from './plan-route.ts';

const candidate = (id: string, input: bigint, output: bigint): Candidate => ({
  endpoint: {
    id,
    modelSlug: 'm',
    providerId: id,
    upstreamModel: 'm',
    operation: 'chat',
    protocol: 'openai-chat',
    price: undefined,
  },
  model: undefined,
  isUnlisted: false,
  holdPrice: { id, effectiveFromMs: 0, rates: { input: per(input), output: per(output) }, tiers: [] },
});
const facts = (candidates: readonly Candidate[], part: Partial<RouteFacts> = {}): RouteFacts => ({
  candidates,
  inputTokens: 1_000,
  expectedOutputTokens: 1_000,
  healthOf: () => undefined,
  nowMs: 1_000,
  ...part,
});
const ids = (of: RouteFacts): readonly string[] => planRoute(of).steps.map((step) => step.endpoint.id);

describe('planRoute', () => {
  it('orders by what this call is expected to cost, not by a single rate', () => {
    const reader = candidate('cheap-input', 1_000_000n, 90_000_000n);
    const writer = candidate('cheap-output', 20_000_000n, 2_000_000n);
    expect(ids(facts([reader, writer]))).toEqual(['cheap-output', 'cheap-input']);
    expect(ids(facts([reader, writer], { expectedOutputTokens: 1 }))).toEqual(['cheap-input', 'cheap-output']);
  });

  it('puts endpoints that are cooling down last instead of dropping them', () => {
    const cooling = candidate('a', 1n, 1n);
    const healthOf = (id: string) => (id === 'a' ? { coolingUntilMs: 2_000 } : undefined);
    expect(ids(facts([cooling, candidate('b', 9n, 9n)], { healthOf }))).toEqual(['b', 'a']);
    expect(ids(facts([cooling], { healthOf }))).toEqual(['a']);
    expect(ids(facts([cooling, candidate('b', 9_000_000n, 9_000_000n)], { healthOf, nowMs: 2_000 }))).toEqual([
      'a',
      'b',
    ]);
  });

  it('gives the same plan for the same facts in any order', () => {
    const pool = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), fc.nat({ max: 3 }), fc.nat({ max: 3 })), {
      selector: ([id]) => id,
      maxLength: 6,
    });
    fc.assert(
      fc.property(pool, (specs) => {
        const candidates = specs.map(([id, input, output]) => candidate(id, BigInt(input), BigInt(output)));
        expect(ids(facts(candidates.toReversed()))).toEqual(ids(facts(candidates)));
        expect(new Set(ids(facts(candidates)))).toEqual(new Set(candidates.map((one) => one.endpoint.id)));
      }),
    );
  });
});
