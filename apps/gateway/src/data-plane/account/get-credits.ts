import type { Principal } from '@turnpike/core/access/principal';
import type { JsonObject } from '@turnpike/core/json';
import { formatUsd, subtractUsd, usdForDisplay } from '@turnpike/core/money';

import type { AccountPorts } from './account-routes.ts';

/** What the organization was given, has used and has left, in dollars; `balance_exact` to the nano-dollar. */
export async function getCredits(principal: Principal, creditsOf: AccountPorts['creditsOf']): Promise<JsonObject> {
  const { creditsNanoUsd, usageNanoUsd } = await creditsOf(principal.organizationId);
  const balance = subtractUsd(creditsNanoUsd, usageNanoUsd);
  return {
    data: {
      total_credits: usdForDisplay(creditsNanoUsd),
      total_usage: usdForDisplay(usageNanoUsd),
      balance: usdForDisplay(balance),
      balance_exact: formatUsd(balance),
    },
  };
}
