import { errorCatalogue, type GatewayError } from '@turnpike/core/errors';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import { classifyFailure } from '../../failures.ts';
import { stringOf } from '../../loose.ts';
import type { ErrorAnswer } from '../../protocol.ts';

/** The statuses that types stand for, where an error comes inside of a stream: https://docs.anthropic.com/en/api/errors */
const statusByType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** A failure of an error body of this protocol. */
export function parseError(answer: ErrorAnswer): UpstreamFailure {
  const { body } = answer;
  if (!isJsonObject(body)) {
    return classifyFailure(answer, { message: stringOf(body) });
  }
  const error = isJsonObject(body['error']) ? body['error'] : body;
  const type = stringOf(error['type']);
  const status = answer.status < 400 ? (statusByType[type ?? ''] ?? answer.status) : answer.status;
  return classifyFailure(
    { ...answer, status },
    { message: stringOf(error['message']) ?? JSON.stringify(error), type, param: stringOf(error['param']) },
  );
}

/** Our error as this protocol's clients read it. */
export function renderError(error: GatewayError, requestId: string): JsonObject {
  return {
    type: 'error',
    error: { type: errorCatalogue[error.code].anthropicType, message: error.message },
    request_id: requestId,
  };
}
