import { cx } from './cx.ts';

/** The shape of what is coming, while it comes. Screen readers hear the region's own "busy" instead. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden className={cx('skeleton block rounded-sm', className)} />;
}
