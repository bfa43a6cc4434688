import { HttpException } from '@nestjs/common';
import type { ErrorView, FieldIssue } from '@turnpike/contracts/errors';
import { errorSchema, fieldIssueSchema } from '@turnpike/contracts/errors';
import { GatewayError, toGatewayError } from '@turnpike/core/errors';
import { z } from 'zod';

/** What Fastify and Nest throw before a handler runs, as errors of our own. Anything else that is foreign is `internal`. */
export function toControlError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) {
    return thrown;
  }
  const status = statusOf(thrown);
  switch (status) {
    case 404:
      return new GatewayError('not_found', 'There is nothing at this address.');
    case 405:
      return new GatewayError('method_not_allowed', 'This address does not know this method.');
    case 413:
      return new GatewayError('payload_too_large', 'The request body is too large for the management API.');
    case 415:
      return new GatewayError('unsupported_media_type', 'Send the body as application/json.');
    case undefined:
      return toGatewayError(thrown);
    default:
      return status >= 400 && status < 500
        ? new GatewayError('invalid_request', 'The request is not readable: its body must be valid JSON.', {
            cause: thrown,
          })
        : toGatewayError(thrown);
  }
}

/** Renders an error in the one shape of the management API. */
export function renderError(error: GatewayError, requestId: string): ErrorView {
  const issues = issuesOf(error);
  return errorSchema.parse({
    error: {
      code: error.code,
      message: error.message,
      ...(error.param === undefined ? {} : { param: error.param }),
      ...(issues === undefined ? {} : { issues }),
      requestId,
    },
  });
}

function issuesOf(error: GatewayError): FieldIssue[] | undefined {
  return z.array(fieldIssueSchema).safeParse(error.metadata?.['issues']).data;
}

/** The status that a foreign error asks for: Nest's exceptions have a method, Fastify's errors a field. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) {
    return thrown.getStatus();
  }
  const hasStatus = thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number';
  return hasStatus ? Number(thrown.statusCode) : undefined;
}
