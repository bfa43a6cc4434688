import type { CallDetailView, CostView } from '@turnpike/contracts/usage';
import { assertMay, confinedProjectId } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { RequestId } from '@turnpike/core/ids';
import { formatUsd, subtractUsd, sumUsd } from '@turnpike/core/money';
import type { OrganizationReaders } from '@turnpike/db/tenant';
import type { TenantAttempt } from '@turnpike/db/usage-row';
import type { CatalogReads, ReadContext } from '../read-context.ts';
import { findKeysOf } from './find-keys-of.ts';
import { renderAttempt, renderCall } from './render-call.ts';
import { renderCost } from './render-cost.ts';

/**
 * Reads one call with its attempts, each with its cost line by line. Throws GatewayError `access_denied`, and
 * `not_found` for a call outside the actor's reach.
 */
export async function getCall({ actor, readers, catalog }: ReadContext, requestId: RequestId): Promise<CallDetailView> {
  assertMay(actor, 'usage.read');
  const call = await readers.usage.findCall(requestId, confinedProjectId(actor));
  if (call === undefined) {
    throw new GatewayError('not_found', 'There is no such call.');
  }
  const [keys, costs] = await Promise.all([
    findKeysOf(readers, [call]),
    Promise.all(call.attempts.map((attempt) => explain(catalog, readers, attempt))),
  ]);
  const metered = sumUsd(...call.attempts.map(({ outcome }) => outcome.chargeNanoUsd));
  const correction = subtractUsd(call.chargeNanoUsd, metered);
  return {
    ...renderCall(call, keys),
    correctionUsd: formatUsd(correction),
    correctionNanoUsd: correction.toString(),
    attempts: costs.map(({ attempt, cost }) => renderAttempt(attempt, cost)),
  };
}

async function explain(
  catalog: CatalogReads,
  { priceBook }: Pick<OrganizationReaders, 'priceBook'>,
  attempt: TenantAttempt,
): Promise<{ readonly attempt: TenantAttempt; readonly cost: CostView }> {
  const { priceId, priceBookEntryId } = attempt.attempt;
  const { usage, chargeNanoUsd } = attempt.outcome;
  const [price, priceBookEntry] = await Promise.all([
    priceId === undefined ? undefined : catalog.findPrice(priceId),
    priceBookEntryId === undefined ? undefined : priceBook.findEntry(priceBookEntryId),
  ]);
  // A price without the price book that changed it would explain another amount than the one that was charged.
  const isWhole = priceBookEntryId === undefined || priceBookEntry !== undefined;
  const cost = renderCost({ usage, chargeNanoUsd, price: isWhole ? price : undefined, priceBookEntry });
  return { attempt, cost };
}
