import type { ReactNode } from 'react';

/** A key of the keyboard. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-xs bg-sunken px-1 font-sans text-2xs text-subtle shadow-[inset_0_0_0_1px_var(--line)]">
      {children}
    </kbd>
  );
}
