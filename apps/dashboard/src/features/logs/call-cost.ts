import type { AttemptView, CallDetailView, CostLineView, CostView } from '@turnpike/contracts/usage';
import { roundingOf, sumExact } from '#lib/cost-lines.ts';
import { isZeroUsd } from '#lib/format-money.ts';

/** A line of the bill that is no quantity times a price: what a price book, rounding or a correction changed. */
export interface Adjustment {
  readonly label: string;
  readonly amountUsd: string;
}

export interface AttemptBill {
  readonly attempt: AttemptView;
  readonly lines: readonly CostLineView[];
  readonly adjustments: readonly Adjustment[];
}

export interface CallBill {
  /** Attempts that cost something, in order. Those that failed cost nothing and are not on the bill. */
  readonly attempts: readonly AttemptBill[];
  readonly corrections: Adjustment | undefined;
  readonly totalUsd: string;
  /** False when the lines, computed again, do not come to what was charged; undefined when there are no lines. */
  readonly matches: boolean | undefined;
}

/** Lays a call's charge out so that every digit of the total is on some line above it. */
export function billOf(call: CallDetailView): CallBill {
  const charged = call.attempts.filter((attempt) => !isZeroUsd(attempt.cost.totalUsd) || attempt.cost.lines.length > 0);
  const verdicts = charged.flatMap((attempt) => (attempt.cost.matches === null ? [] : [attempt.cost.matches]));
  return {
    attempts: charged.map((attempt) => ({
      attempt,
      lines: attempt.cost.lines,
      adjustments: adjustmentsOf(attempt.cost),
    })),
    corrections: isZeroUsd(call.correctionUsd)
      ? undefined
      : { label: 'Corrections made later', amountUsd: call.correctionUsd },
    totalUsd: call.chargeUsd,
    matches: verdicts.length === 0 ? undefined : verdicts.every(Boolean),
  };
}

function adjustmentsOf(cost: CostView): readonly Adjustment[] {
  if (cost.lines.length === 0) {
    return [];
  }
  const difference = roundingOf(sumExact(cost.lines.map((line) => line.amountUsd)), cost.totalNanoUsd);
  if (isZeroUsd(difference)) {
    return [];
  }
  const book = cost.priceBookEntry;
  return book === null || book.numerator === book.denominator
    ? [{ label: 'Rounded to a billionth of a dollar', amountUsd: difference }]
    : [
        {
          label: `Your price book, × ${book.numerator} ∕ ${book.denominator}, rounded to a billionth of a dollar`,
          amountUsd: difference,
        },
      ];
}
