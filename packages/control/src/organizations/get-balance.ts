import type { BalanceView } from '@turnpike/contracts/organizations';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import { formatUsd, subtractUsd } from '@turnpike/core/money';
import type { ReadContext } from '../read-context.ts';

/** What the organization can spend: its ledger balance less usage that is not posted yet. Throws GatewayError `access_denied`. */
export async function getBalance({ actor, readers, clock }: ReadContext): Promise<BalanceView> {
  assertMay(actor, 'balance.read');
  const state = await readers.ledger.accountState();
  if (state === undefined) {
    throw new GatewayError('not_found', 'There is no such organization.');
  }
  const { postedNanoUsd, unpostedUsageNanoUsd } = state;
  const available = subtractUsd(postedNanoUsd, unpostedUsageNanoUsd);
  return {
    postedUsd: formatUsd(postedNanoUsd),
    postedNanoUsd: postedNanoUsd.toString(),
    unpostedUsd: formatUsd(unpostedUsageNanoUsd),
    unpostedNanoUsd: unpostedUsageNanoUsd.toString(),
    availableUsd: formatUsd(available),
    availableNanoUsd: available.toString(),
    asOf: new Date(clock.nowMs()).toISOString(),
  };
}
