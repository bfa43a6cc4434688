import type { ModelView } from '@turnpike/contracts/models';
import { exactAmount, sumExact } from '#lib/cost-lines.ts';
import { formatMoney, formatRate } from '#lib/format-money.ts';
import { formatCount } from '#lib/format-number.ts';

interface ReceiptLine {
  readonly label: string;
  readonly quantity: number;
  readonly usdPerMillion: string;
  readonly amountUsd: string;
}

/** A round example: a question with a cached context and a short answer. */
const quantities = [
  { bucket: 'input', label: 'input', quantity: 1_204 },
  { bucket: 'cacheRead', label: 'cached input', quantity: 8_192 },
  { bucket: 'output', label: 'output', quantity: 312 },
];

export const receiptLineCount = quantities.length;

/** The lines of an example call at a model's current prices; empty when it has none. */
export function receiptLines(model: ModelView): readonly ReceiptLine[] {
  const rates = model.endpoints.find((endpoint) => endpoint.price !== null)?.price?.rates ?? [];
  return quantities.flatMap(({ bucket, label, quantity }) => {
    const rate = rates.find((candidate) => candidate.bucket === bucket);
    return rate === undefined
      ? []
      : [
          {
            label,
            quantity,
            usdPerMillion: rate.usdPerMillion,
            amountUsd: exactAmount(quantity, rate.nanoUsdPerMillion),
          },
        ];
  });
}

/** A toll receipt: what every call of ours can show for itself. The prices are the catalogue's, the call is made up. */
export function Receipt({ model }: { readonly model: ModelView }) {
  const lines = receiptLines(model);
  return (
    <figure className="receipt-shadow w-full max-w-sm">
      <div className="receipt-paper rounded-t-lg bg-raised px-5 pt-4 pb-7 font-mono text-xs text-muted">
        <figcaption className="flex items-baseline justify-between gap-3 border-b border-dashed border-line-strong pb-2.5">
          <span className="font-semibold text-text">One call, accounted for</span>
          <span className="text-2xs text-subtle">example</span>
        </figcaption>
        <p className="flex justify-between gap-3 py-2.5">
          <span className="truncate text-text">{model.slug}</span>
          <span>200 OK</span>
        </p>
        <dl className="flex flex-col gap-1.5 border-t border-dashed border-line-strong py-2.5">
          {lines.map((line) => (
            <div key={line.label} className="grid grid-cols-[1fr_auto] gap-x-3">
              <dt className="truncate">
                <span className="text-text">{line.label}</span> {formatCount(line.quantity)} ×{' '}
                {formatRate(line.usdPerMillion)}/M
              </dt>
              <dd className="tabular">{formatMoney(line.amountUsd).exact}</dd>
            </div>
          ))}
        </dl>
        <p className="flex justify-between border-t border-dashed border-line-strong pt-2.5 text-sm font-semibold text-text">
          <span>Total</span>
          <span className="tabular">{formatMoney(sumExact(lines.map((line) => line.amountUsd))).exact}</span>
        </p>
      </div>
    </figure>
  );
}
