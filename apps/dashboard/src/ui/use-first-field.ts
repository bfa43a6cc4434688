'use client';

import { useRef, type RefObject } from 'react';

interface FirstField {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly initialFocus: () => HTMLElement | boolean;
}

/**
 * Where the focus goes when a form opens over the page: into its first field, so that typing can begin, and not onto the
 * cross that closes it, which stands first in the document. Without a field it goes to the whole, which is then read out.
 */
export function useFirstField(): FirstField {
  const ref = useRef<HTMLDivElement>(null);
  return {
    ref,
    initialFocus: () =>
      ref.current?.querySelector<HTMLElement>('input:not([type="hidden"]), textarea') ?? ref.current ?? true,
  };
}
