import { clsx, type ClassValue } from 'clsx';

/**
 * Joins class names. Nothing is merged: where a caller overrides a class of a component it says so with `!`, as in
 * `py-8!`. A merging library would weigh eight kilobytes on every page.
 */
export function cx(...classes: readonly ClassValue[]): string {
  return clsx(classes);
}
