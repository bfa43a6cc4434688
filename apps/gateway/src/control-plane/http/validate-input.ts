import { GatewayError } from '@turnpike/core/errors';
import type { Operation } from '@turnpike/contracts/operation';
import type { z } from 'zod';

type Parsed<Schema extends z.ZodObject | null> = Schema extends z.ZodObject ? z.output<Schema> : undefined;

/** What a handler of an operation works with: parsed, with ids as UUIDs. */
export interface InputOf<Op extends Operation> {
  readonly params: Parsed<Op['params']>;
  readonly query: Parsed<Op['query']>;
  readonly body: Parsed<Op['body']>;
}

/** The raw parts of a request. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

export interface ParsedInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** As many as a form has; a hostile body cannot make a megabyte of complaints. */
const maxIssues = 20;

/**
 * Parses every part of a request against its operation. Throws GatewayError: `not_found` for path parameters that
 * are no ids (nothing can live there), `invalid_request` with every wrong field for the rest.
 */
export function validateInput(operation: Operation, raw: RawInput): ParsedInput {
  const params = operation.params?.safeParse(raw.params);
  if (params?.success === false) {
    throw new GatewayError('not_found', 'There is nothing at this address.');
  }
  const query = operation.query?.safeParse(raw.query);
  const body = operation.body?.safeParse(raw.body);
  const issues = [...(query?.error?.issues ?? []), ...(body?.error?.issues ?? [])];
  if (issues.length > 0) {
    throw invalidRequest(issues);
  }
  return { params: params?.data, query: query?.data, body: body?.data };
}

function invalidRequest(issues: readonly z.core.$ZodIssue[]): GatewayError {
  const fields = issues.slice(0, maxIssues).map(toField);
  const [first] = fields;
  return new GatewayError('invalid_request', describe(first), {
    metadata: { issues: fields },
    ...(first === undefined || first.path === '' ? {} : { param: first.path }),
  });
}

function toField(issue: z.core.$ZodIssue): { readonly path: string; readonly message: string } {
  if (issue.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys;
    return { path: [...issue.path, unknown.slice(0, 64)].join('.'), message: 'This field is not known.' };
  }
  return { path: issue.path.join('.'), message: issue.message };
}

function describe(field: { readonly path: string; readonly message: string } | undefined): string {
  if (field === undefined || field.path === '') {
    return 'The request body must be a JSON object that fits this operation.';
  }
  return `${field.path}: ${field.message}`;
}
