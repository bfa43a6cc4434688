import type { Principal } from '@turnpike/core/access/principal';
import { sumUsd, zeroUsd, type NanoUsd } from '@turnpike/core/money';
import type { Database } from '@turnpike/db/client';

import type { Clock } from '../ports.ts';
import type { AccountPorts } from './account-routes.ts';

const dayMs = 86_400_000;

/** Answers from Postgres, always within the caller's own organization. */
export function createAccountPorts(database: Database, clock: Clock): AccountPorts {
  async function spentSince(principal: Principal, fromMs: number): Promise<NanoUsd> {
    const { usage } = database.forOrganization(principal.organizationId);
    const { chargeNanoUsd } = await usage.summarize({
      fromMs,
      toMs: clock.nowMs() + dayMs,
      apiKeyId: principal.apiKeyId,
    });
    return chargeNanoUsd;
  }

  return {
    async spendingOf(principal) {
      const { day, week, month } = periodStarts(clock.nowMs());
      const [totalNanoUsd, dayNanoUsd, weekNanoUsd, monthNanoUsd] = await Promise.all([
        spentSince(principal, 0),
        spentSince(principal, day),
        spentSince(principal, week),
        spentSince(principal, month),
      ]);
      return { totalNanoUsd, dayNanoUsd, weekNanoUsd, monthNanoUsd };
    },
    async creditsOf(organizationId) {
      const state = await database.forOrganization(organizationId).ledger.accountState();
      return state === undefined
        ? { creditsNanoUsd: zeroUsd, usageNanoUsd: zeroUsd }
        : {
            creditsNanoUsd: sumUsd(state.postedNanoUsd, state.postedUsageNanoUsd),
            usageNanoUsd: sumUsd(state.postedUsageNanoUsd, state.unpostedUsageNanoUsd),
          };
    },
    attemptsOf: (organizationId, requestId) => database.forOrganization(organizationId).usage.attempts(requestId),
  };
}

/** Starts of the current day, week (Monday) and month, in UTC. */
export function periodStarts(nowMs: number): { readonly day: number; readonly week: number; readonly month: number } {
  const now = new Date(nowMs);
  const day = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const daysSinceMonday = (now.getUTCDay() + 6) % 7;
  return { day, week: day - daysSinceMonday * dayMs, month: Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1) };
}
