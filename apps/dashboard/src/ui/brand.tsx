import { cx } from './cx.ts';

/** The mark: a T whose bar is a barrier being lifted. */
export function BrandMark({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden className={cx('size-6', className)}>
      <rect width="24" height="24" rx="6" className="fill-accent" />
      <path d="M5.4 10.3 18.6 6.1" className="stroke-on-accent" strokeWidth="2.7" strokeLinecap="round" fill="none" />
      <path d="M11.6 11.9v6.4" className="stroke-on-accent" strokeWidth="2.7" strokeLinecap="round" fill="none" />
    </svg>
  );
}

/** Mark and name together. */
export function Brand({ className }: { readonly className?: string }) {
  return (
    <span
      className={cx('inline-flex items-center gap-2 text-md font-semibold tracking-[-0.02em] text-text', className)}
    >
      <BrandMark />
      Turnpike
    </span>
  );
}
