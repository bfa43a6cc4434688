import type { CostLineView, CostView } from '@turnpike/contracts/usage';
import type { Price, PriceBookEntry } from '@turnpike/core/catalog/price';
import type { Usage } from '@turnpike/core/inference/usage';
import { totalInputTokens } from '@turnpike/core/inference/usage';
import type { CostLine, CostLineKind } from '@turnpike/core/metering/price-usage';
import { chargeUsage, costLines } from '@turnpike/core/metering/price-usage';
import { formatUsd, formatUsdPerUnit, nanoUsd, nanoUsdPerMillion, zeroUsd } from '@turnpike/core/money';
import type { NanoUsd } from '@turnpike/core/money';

/** What is needed to explain a charge: what was consumed, and the price and price book that were pinned to it. */
export interface ChargeEvidence {
  readonly usage: Usage;
  readonly chargeNanoUsd: NanoUsd;
  /** Undefined when the price is not stored: the model had none, or its price book is another one now. */
  readonly price: Price | undefined;
  /** Undefined for list price. */
  readonly priceBookEntry: PriceBookEntry | undefined;
}

/**
 * Explains a charge line by line, from the consumption and the price that the attempt was charged with, and says
 * whether that comes to what was charged. A charge of nothing has no lines: failed attempts and test calls are free.
 */
export function renderCost({ usage, chargeNanoUsd, price, priceBookEntry }: ChargeEvidence): CostView {
  const total = { totalUsd: formatUsd(chargeNanoUsd), totalNanoUsd: chargeNanoUsd.toString() };
  if (price === undefined || chargeNanoUsd === zeroUsd) {
    return { ...total, lines: [], price: null, priceBookEntry: null, recomputedNanoUsd: null, matches: null };
  }
  const fixedRates = priceBookEntry?.fixedRates;
  const applied: Price = fixedRates === undefined ? price : { ...price, rates: fixedRates, tiers: [] };
  const recomputed = chargeUsage(usage, price, priceBookEntry);
  return {
    ...total,
    lines: costLines(usage, applied).map(renderLine),
    price: {
      id: price.id,
      effectiveFrom: new Date(price.effectiveFromMs).toISOString(),
      aboveInputTokens: tierOf(applied, totalInputTokens(usage)),
    },
    priceBookEntry:
      priceBookEntry === undefined
        ? null
        : {
            id: priceBookEntry.id,
            numerator: priceBookEntry.numerator.toString(),
            denominator: priceBookEntry.denominator.toString(),
          },
    recomputedNanoUsd: recomputed.toString(),
    matches: recomputed === chargeNanoUsd,
  };
}

function renderLine({ kind, quantity, price }: CostLine): CostLineView {
  return {
    bucket: kind,
    unit: unitOf(kind),
    quantity,
    usdPerMillion: formatUsd(nanoUsd(price)),
    nanoUsdPerMillion: price.toString(),
    // A quantity of millionths: the same scale as a price per million, so the same 15 decimals are exact.
    amountUsd: formatUsdPerUnit(nanoUsdPerMillion(BigInt(quantity) * price)),
  };
}

function unitOf(kind: CostLineKind): CostLineView['unit'] {
  if (kind === 'request') {
    return 'request';
  }
  return kind === 'webSearch' ? 'search' : 'token';
}

/** The long-context tier whose rates held; null for the base rates. */
function tierOf(price: Price, inputTokens: number): number | null {
  return price.tiers.findLast((tier) => inputTokens > tier.aboveInputTokens)?.aboveInputTokens ?? null;
}
