import { Button as BaseButton } from '@base-ui/react/button';
import { LoaderCircle } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';

type Variant = 'primary' | 'secondary' | 'ghost' | 'danger' | 'danger-soft' | 'inverse';
type Size = 'sm' | 'md' | 'lg' | 'icon-sm' | 'icon-md';

const base =
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-[background-color,box-shadow,color] duration-(--duration-fast) data-disabled:cursor-not-allowed data-disabled:opacity-55 [&_svg]:shrink-0';

const variants: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent shadow-xs hover:not-data-disabled:bg-accent-hover',
  secondary: 'bg-surface text-text shadow-card hover:not-data-disabled:bg-hover active:not-data-disabled:bg-pressed',
  ghost:
    'text-muted hover:not-data-disabled:bg-hover hover:not-data-disabled:text-text active:not-data-disabled:bg-pressed',
  danger: 'bg-danger-solid text-on-danger shadow-xs hover:not-data-disabled:brightness-95',
  'danger-soft': 'text-danger hover:not-data-disabled:bg-danger-soft',
  inverse: 'bg-inverse text-on-inverse hover:not-data-disabled:opacity-90',
};

const sizes: Record<Size, string> = {
  sm: 'h-7 px-2.5 text-xs [&_svg]:size-3.5',
  md: 'h-8 px-3 text-sm [&_svg]:size-4',
  lg: 'h-10 px-4 text-base [&_svg]:size-4',
  'icon-sm': 'size-7 text-xs [&_svg]:size-3.5',
  'icon-md': 'size-8 text-sm [&_svg]:size-4',
};

/** The classes of a button, for elements that only look like one. */
export function buttonClass(variant: Variant = 'secondary', size: Size = 'md', extra?: string): string {
  return cx(base, variants[variant], sizes[size], extra);
}

interface ButtonProps extends Omit<ComponentProps<'button'>, 'ref'> {
  readonly variant?: Variant;
  readonly size?: Size;
  /** Shows a spinner and refuses clicks, but keeps the focus where it is. */
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

/** The button of the product. `type` is `button` unless said otherwise, so that none submits a form by accident. */
export function Button({
  variant,
  size,
  isBusy = false,
  disabled = false,
  className,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <BaseButton
      {...rest}
      type={type}
      disabled={disabled || isBusy}
      focusableWhenDisabled={isBusy}
      aria-busy={isBusy || undefined}
      className={buttonClass(variant, size, className)}
    >
      {isBusy && <LoaderCircle aria-hidden className="animate-spin" />}
      {children}
    </BaseButton>
  );
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'size'> {
  /** What it does: the accessible name, and the tip that a mouse sees. */
  readonly label: string;
  readonly size?: 'icon-sm' | 'icon-md';
  readonly children: ReactNode;
}

/** A square button with a picture alone; its label is required. */
export function IconButton({ label, size = 'icon-md', variant = 'ghost', ...rest }: IconButtonProps) {
  return <Button {...rest} aria-label={label} title={label} size={size} variant={variant} />;
}

interface ButtonLinkProps extends ComponentProps<typeof Link> {
  readonly variant?: Variant;
  readonly size?: Size;
}

/** A link that looks like a button: it goes somewhere, so it is an anchor. */
export function ButtonLink({ variant, size, className, ...rest }: ButtonLinkProps) {
  return <Link {...rest} className={buttonClass(variant, size, className)} />;
}
