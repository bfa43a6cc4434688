import type { CallDetailView, CostLineView } from '@turnpike/contracts/usage';
import { BadgeCheck, TriangleAlert } from 'lucide-react';
import { formatMoney, formatRate } from '#lib/format-money.ts';
import { formatCount } from '#lib/format-number.ts';
import { CopyButton } from '#ui/copy-button.tsx';
import { TimeText } from '#ui/time-text.tsx';
import { billOf, type Adjustment, type AttemptBill } from './call-cost.ts';

const buckets: Readonly<Record<string, string>> = {
  input: 'Input',
  cacheRead: 'Input from cache',
  cacheWrite5m: 'Input written to cache, 5 min',
  cacheWrite1h: 'Input written to cache, 1 h',
  audioInput: 'Audio input',
  output: 'Output',
  reasoning: 'Reasoning',
  audioOutput: 'Audio output',
  request: 'Request',
  webSearch: 'Web search',
};

/** A call's charge, line by line, down to the digit. */
export function CallCostPanel({ call }: { readonly call: CallDetailView }) {
  const bill = billOf(call);
  return (
    <div className="flex flex-col gap-5 p-5">
      <div className="overflow-x-auto rounded-lg bg-surface shadow-card">
        <table className="w-full text-sm" aria-label="Cost, line by line">
          <thead>
            <tr className="border-b border-line text-xs text-subtle [&_th]:px-3 [&_th]:py-2 [&_th]:font-medium [&_th:first-child]:pl-4 [&_th:last-child]:pr-4">
              <th scope="col" className="text-left">
                For
              </th>
              <th scope="col" className="text-right">
                Quantity
              </th>
              <th scope="col" className="text-right">
                Price per million
              </th>
              <th scope="col" className="text-right">
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {bill.attempts.length === 0 && (
              <tr>
                <td colSpan={4} className="px-4 py-3 text-muted">
                  {call.mode === 'test' ? 'Test calls are free.' : 'This call cost nothing: no attempt was charged.'}
                </td>
              </tr>
            )}
            {bill.attempts.map((each) => (
              <AttemptLines key={each.attempt.attempt} bill={each} isOnly={bill.attempts.length === 1} />
            ))}
            {bill.corrections !== undefined && <AdjustmentLine adjustment={bill.corrections} />}
          </tbody>
          <tfoot>
            <tr className="border-t border-line-strong font-semibold">
              <th scope="row" colSpan={3} className="py-2.5 pl-4 text-left">
                Total
              </th>
              <td className="py-2.5 pr-4 text-right" data-testid="cost-total">
                {formatMoney(bill.totalUsd).exact}
              </td>
            </tr>
          </tfoot>
        </table>
      </div>
      {bill.matches !== undefined && <Proof matches={bill.matches} />}
      {bill.attempts.map(
        ({ attempt }) => attempt.cost.price !== null && <PriceNote key={attempt.attempt} price={attempt.cost.price} />,
      )}
      {call.isUnpriced && (
        <p className="text-xs text-pretty text-muted">
          The price of this model was not known. It was charged at the dearest price of its provider; a correction
          follows when the price arrives.
        </p>
      )}
    </div>
  );
}

function AttemptLines({ bill, isOnly }: { readonly bill: AttemptBill; readonly isOnly: boolean }) {
  const { attempt, lines, adjustments } = bill;
  return (
    <>
      {!isOnly && (
        <tr className="border-b border-line bg-sunken">
          <th scope="rowgroup" colSpan={4} className="py-1.5 pl-4 text-left text-xs font-medium text-muted">
            Attempt {attempt.attempt}, {attempt.providerId}
          </th>
        </tr>
      )}
      {lines.map((line) => (
        <QuantityLine key={line.bucket} line={line} />
      ))}
      {lines.length === 0 && (
        <AdjustmentLine
          adjustment={{ label: 'Charged; its price is no longer stored', amountUsd: attempt.cost.totalUsd }}
        />
      )}
      {adjustments.map((adjustment) => (
        <AdjustmentLine key={adjustment.label} adjustment={adjustment} />
      ))}
    </>
  );
}

function QuantityLine({ line }: { readonly line: CostLineView }) {
  return (
    <tr className="border-b border-line last:border-0" data-bucket={line.bucket}>
      <td className="py-2 pr-3 pl-4">{buckets[line.bucket] ?? line.bucket}</td>
      <td className="px-3 py-2 text-right whitespace-nowrap text-muted">
        {formatCount(line.quantity)} {line.unit}
        {line.quantity === 1 ? '' : line.unit === 'search' ? 'es' : 's'}
      </td>
      <td className="px-3 py-2 text-right whitespace-nowrap text-muted">{formatRate(line.usdPerMillion)}</td>
      <td className="py-2 pr-4 pl-3 text-right whitespace-nowrap">{formatMoney(line.amountUsd).exact}</td>
    </tr>
  );
}

function AdjustmentLine({ adjustment: { label, amountUsd } }: { readonly adjustment: Adjustment }) {
  return (
    <tr className="border-b border-line text-muted last:border-0">
      <td colSpan={3} className="py-2 pr-3 pl-4">
        {label}
      </td>
      <td className="py-2 pr-4 pl-3 text-right whitespace-nowrap">{formatMoney(amountUsd).exact}</td>
    </tr>
  );
}

function Proof({ matches }: { readonly matches: boolean }) {
  return matches ? (
    <p className="flex items-center gap-2 text-sm text-success">
      <BadgeCheck aria-hidden className="size-4" />
      The lines come to what was charged, to the billionth of a dollar.
    </p>
  ) : (
    <p className="flex items-center gap-2 text-sm text-danger">
      <TriangleAlert aria-hidden className="size-4" />
      The lines do not come to what was charged. Please report this request.
    </p>
  );
}

function PriceNote({
  price,
}: {
  readonly price: { readonly id: string; readonly effectiveFrom: string; readonly aboveInputTokens: number | null };
}) {
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-subtle">
      Price in force since <TimeText iso={price.effectiveFrom} form="day" className="text-muted" />
      {price.aboveInputTokens !== null && `, the rates above ${formatCount(price.aboveInputTokens)} input tokens`}
      <span className="flex items-center">
        <code className="font-mono">{price.id}</code>
        <CopyButton text={price.id} what="price id" />
      </span>
    </p>
  );
}
