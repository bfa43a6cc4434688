import { clsx, type ClassValue } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({
  extend: {
    classGroups: { 'font-size': [{ text: ['2xs', 'xs', 'sm', 'base', 'md', 'lg', 'xl', '2xl', '3xl', '4xl', '5xl'] }] },
  },
});

/** Joins class names; where two set the same property the later wins, so that callers can override a component. */
export function cx(...classes: readonly ClassValue[]): string {
  return merge(clsx(classes));
}
