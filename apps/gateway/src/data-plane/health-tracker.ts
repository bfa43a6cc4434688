import type { EndpointHealth } from '@turnpike/core/routing/plan-route';

import type { HealthTracker } from './ports.ts';

/** Keeps which endpoints are cooling down, in this process alone: fast, and no failure of ours can spread with it. */
export function createHealthTracker(): HealthTracker {
  const coolingUntil = new Map<string, EndpointHealth>();
  return {
    healthOf: (endpointId) => coolingUntil.get(endpointId),
    coolDown(endpointId, untilMs) {
      const known = coolingUntil.get(endpointId)?.coolingUntilMs ?? 0;
      coolingUntil.set(endpointId, { coolingUntilMs: Math.max(known, untilMs) });
    },
    succeeded(endpointId) {
      if (coolingUntil.size > 0) {
        coolingUntil.delete(endpointId);
      }
    },
  };
}
