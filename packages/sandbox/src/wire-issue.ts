import type { core } from 'zod';
import { valueAt } from './json.ts';

/** The first thing that is wrong with a request body, in plain facts: each vendor has its own sentence for it. */
export type WireIssue = {
  /** Where, as steps from the top: `['messages', 0, 'role']`. */
  readonly path: readonly PropertyKey[];
  /** The value found there; undefined when it is missing. */
  readonly found: unknown;
} & (
  | { readonly kind: 'missing' }
  | { readonly kind: 'type'; readonly expected: string }
  | { readonly kind: 'value'; readonly allowed: readonly string[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'below'; readonly limit: number }
  | { readonly kind: 'above'; readonly limit: number }
);

/** Reads zod's first issue about `body`. */
export function firstIssue(issues: readonly core.$ZodIssue[], body: unknown): WireIssue {
  const issue = issues[0];
  const path = issue?.path ?? [];
  const found = valueAt(body, path);
  if (issue === undefined || found === undefined) return { path, found, kind: 'missing' };
  if (issue.code === 'invalid_value') return { path, found, kind: 'value', allowed: issue.values.map(String) };
  if (issue.code === 'invalid_type') return { path, found, kind: 'type', expected: issue.expected };
  if (issue.code === 'invalid_union') return { path, found, kind: 'type', expected: unionNames(issue) };
  if (issue.code === 'too_big') return { path, found, kind: 'above', limit: Number(issue.maximum) };
  if (issue.code !== 'too_small') return { path, found, kind: 'type', expected: 'valid value' };
  if (issue.origin === 'array' || issue.origin === 'string') return { path, found, kind: 'empty' };
  return { path, found, kind: 'below', limit: Number(issue.minimum) };
}

/** The types that a union would have taken, as zod names them. */
function unionNames(issue: core.$ZodIssueInvalidUnion): string {
  const names = issue.errors.flatMap((errors) =>
    errors.flatMap((error) => (error.code === 'invalid_type' && error.path.length === 0 ? [error.expected] : [])),
  );
  return names.length > 0 ? [...new Set(names)].join(' or ') : 'valid value';
}

/** `messages[0].role`, as OpenAI writes a path. */
export function bracketPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`;
  return text;
}

/** `messages.0.role`, as Anthropic writes it. */
export function dottedPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
