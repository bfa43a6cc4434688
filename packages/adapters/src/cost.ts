import type { JsonObject } from '@turnpike/core/json';
import { usdForDisplay } from '@turnpike/core/money';

import type { SettledUsage } from './lane.ts';

/**
 * What a usage object says about money: `cost` is a number in USD for clients that expect one, `cost_nano_usd` the
 * exact charge.
 */
export function costFields(settled: SettledUsage): JsonObject {
  return {
    cost: usdForDisplay(settled.chargeNanoUsd),
    cost_nano_usd: settled.chargeNanoUsd.toString(),
    is_byok: false,
  };
}
