import { formatMoney } from '#lib/format-money.ts';
import { cx } from './cx.ts';

interface MoneyTextProps {
  /** An exact decimal of US dollars. */
  readonly usd: string;
  /** Every digit instead of the readable ones. */
  readonly isExact?: boolean;
  /** Said beside the exact amount on hover, e.g. the version of the price. */
  readonly note?: string;
  readonly className?: string;
}

/** Money as money. Hovering shows every digit that was charged. */
export function MoneyText({ usd, isExact = false, note, className }: MoneyTextProps) {
  const { text, exact } = formatMoney(usd);
  const shown = isExact ? exact : text;
  const hover = [shown === exact ? undefined : exact, note].filter((part) => part !== undefined).join(' · ');
  return (
    <span className={cx('tabular whitespace-nowrap', className)} {...(hover === '' ? {} : { title: hover })}>
      {shown}
    </span>
  );
}
