import type { Principal } from '@turnpike/core/access/principal';
import { renderId } from '@turnpike/core/ids';
import type { JsonObject } from '@turnpike/core/json';
import { formatUsd, usdForDisplay } from '@turnpike/core/money';

import type { AccountPorts } from './account-routes.ts';

/** What a key is and has spent, for the program that holds it. */
export async function getKey(principal: Principal, spendingOf: AccountPorts['spendingOf']): Promise<JsonObject> {
  const spending = await spendingOf(principal);
  return {
    data: {
      id: renderId('apiKey', principal.apiKeyId),
      label: principal.keyName,
      mode: principal.mode,
      organization_id: renderId('organization', principal.organizationId),
      project_id: renderId('project', principal.projectId),
      usage: usdForDisplay(spending.totalNanoUsd),
      usage_daily: usdForDisplay(spending.dayNanoUsd),
      usage_weekly: usdForDisplay(spending.weekNanoUsd),
      usage_monthly: usdForDisplay(spending.monthNanoUsd),
      usage_exact: formatUsd(spending.totalNanoUsd),
      allowed_models: principal.allowedModels ?? null,
      rate_limits: principal.rateLimits.map(({ scope, kind, limit, windowMs }) => ({
        scope,
        kind,
        limit,
        window_ms: windowMs,
      })),
      expires_at: principal.expiresAtMs === undefined ? null : new Date(principal.expiresAtMs).toISOString(),
    },
  };
}
