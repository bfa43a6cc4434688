import type { Candidate } from '../catalog/model.ts';
import { zeroUsage, type Usage } from '../inference/usage.ts';
import { priceUsage } from '../metering/price-usage.ts';

/** What is known about an endpoint's recent behaviour. */
export interface EndpointHealth {
  /** Not to be tried before this time, unless nothing else is left. */
  readonly coolingUntilMs: number;
}

/** The facts of one routing decision; the same facts always give the same plan. */
export interface RouteFacts {
  readonly candidates: readonly Candidate[];
  readonly inputTokens: number;
  readonly expectedOutputTokens: number;
  readonly healthOf: (endpointId: string) => EndpointHealth | undefined;
  readonly nowMs: number;
}

/** The ordered choice for one call: the first step is tried first, the others are its fallbacks. */
export interface RoutePlan {
  readonly steps: readonly Candidate[];
}

/**
 * Orders the endpoints of a model by what this call is expected to cost, the cheapest first; ties go by endpoint id,
 * so that a plan can be repeated. Endpoints that are cooling down come last rather than never: the last one left is
 * still better than no answer.
 */
export function planRoute(facts: RouteFacts): RoutePlan {
  const usage: Usage = { ...zeroUsage, inputTokens: facts.inputTokens, outputTokens: facts.expectedOutputTokens };
  const ranked = facts.candidates.map((candidate) => ({
    candidate,
    isCooling: (facts.healthOf(candidate.endpoint.id)?.coolingUntilMs ?? 0) > facts.nowMs,
    costNanoUsd: priceUsage(usage, candidate.holdPrice),
  }));
  const steps = ranked
    .toSorted(
      (left, right) =>
        Number(left.isCooling) - Number(right.isCooling) ||
        compare(left.costNanoUsd, right.costNanoUsd) ||
        (left.candidate.endpoint.id < right.candidate.endpoint.id ? -1 : 1),
    )
    .map(({ candidate }) => candidate);
  return { steps };
}

function compare(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
