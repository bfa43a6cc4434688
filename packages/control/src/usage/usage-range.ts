import type { UsageSummaryQuery } from '@turnpike/contracts/usage';
import { confinedProjectId, type Actor } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { CallScope } from '@turnpike/db/call-filter';

const dayMs = 86_400_000;

/** How far a query may look at once: beyond it the answer would be late or unreadable. */
const maxRangeDays = 400;

/**
 * Gateways ship what they metered every 100 ms; five seconds leave room for a busy moment. Younger calls may still be
 * on their way, so figures are called complete up to then.
 */
const shippingLagMs = 5_000;

/**
 * The calls that a query means, within the actor's reach: the last 24 hours unless it says otherwise. Throws
 * GatewayError `invalid_request` for an empty or too long range.
 */
export function toCallScope(query: UsageSummaryQuery, actor: Actor, nowMs: number): CallScope {
  const toMs = query.to?.getTime() ?? nowMs;
  const fromMs = query.from?.getTime() ?? toMs - dayMs;
  if (fromMs >= toMs) {
    throw new GatewayError('invalid_request', 'from: The range must begin before it ends.', { param: 'from' });
  }
  if (toMs - fromMs > maxRangeDays * dayMs) {
    throw new GatewayError('invalid_request', `from: A range covers ${maxRangeDays} days at most.`, { param: 'from' });
  }
  const projectId = query.projectId ?? confinedProjectId(actor);
  return {
    fromMs,
    toMs,
    ...(projectId === undefined ? {} : { projectId }),
    ...(query.apiKeyId === undefined ? {} : { apiKeyId: query.apiKeyId }),
    ...(query.model === undefined ? {} : { model: query.model }),
    ...(query.providerId === undefined ? {} : { providerId: query.providerId }),
    ...(query.mode === undefined ? {} : { mode: query.mode }),
  };
}

/** The frame of a figure: which range it is about, and up to when it is complete. */
export function renderRange(
  { fromMs, toMs }: CallScope,
  nowMs: number,
): { from: string; to: string; completeTo: string } {
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    completeTo: new Date(Math.min(toMs, nowMs - shippingLagMs)).toISOString(),
  };
}
