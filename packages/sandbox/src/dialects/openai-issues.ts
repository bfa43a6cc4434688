import { Refusal } from '../refusal.ts';
import { bracketPath } from '../wire-issue.ts';
import type { WireIssue } from '../wire-issue.ts';

const article: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a decimal',
  int: 'an integer',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
};

/** What is wrong with a request body, in OpenAI's sentences and codes. */
export function openaiRefusal(issue: WireIssue): Refusal {
  const param = bracketPath(issue.path);
  const { code, message } = describe(issue, param);
  return new Refusal('invalid_request', message, { param, code });
}

function describe(issue: WireIssue, param: string): { readonly code: string; readonly message: string } {
  if (issue.kind === 'missing') {
    return { code: 'missing_required_parameter', message: `Missing required parameter: '${param}'.` };
  }
  if (issue.kind === 'empty') {
    const what = Array.isArray(issue.found) ? 'array' : 'string';
    return {
      code: `empty_${what}`,
      message: `Invalid '${param}': empty ${what}. Expected ${article[what] ?? what} with minimum length 1, but got an empty ${what} instead.`,
    };
  }
  if (issue.kind === 'value') {
    const supported = issue.allowed.map((value) => `'${value}'`);
    const list = `${supported.slice(0, -1).join(', ')}${supported.length > 1 ? ', and ' : ''}${supported.at(-1) ?? ''}`;
    return {
      code: 'invalid_value',
      message: `Invalid value: '${String(issue.found)}'. Supported values are: ${list}.`,
    };
  }
  if (issue.kind === 'type') {
    const expected = issue.expected
      .split(' or ')
      .map((name) => article[name] ?? name)
      .join(' or ');
    return {
      code: 'invalid_type',
      message: `Invalid type for '${param}': expected ${expected}, but got ${nameOf(issue.found)} instead.`,
    };
  }
  const kind = Number.isInteger(issue.found) ? 'integer' : 'decimal';
  const isBelow = issue.kind === 'below';
  if (Array.isArray(issue.found)) {
    return {
      code: 'array_above_max_length',
      message: `Invalid '${param}': array too long. Expected an array with maximum length ${issue.limit}, but got an array with length ${issue.found.length} instead.`,
    };
  }
  return {
    code: `${kind}_${isBelow ? 'below_min' : 'above_max'}_value`,
    message: `Invalid '${param}': ${kind} ${isBelow ? 'below minimum' : 'above maximum'} value. Expected a value ${isBelow ? '>=' : '<='} ${issue.limit}, but got ${String(issue.found)} instead.`,
  };
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return article[typeof value] ?? typeof value;
}
