import { errorCatalogue, type GatewayError } from '@turnpike/core/errors';
import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { classifyFailure } from '../../failures.ts';
import { stringOf } from '../../loose.ts';
import type { ErrorAnswer } from '../../protocol.ts';

/** A failure of an error body of the OpenAI shape, or of the many shapes that call themselves so. */
export function parseError(answer: ErrorAnswer): UpstreamFailure {
  const outer: Json | undefined = Array.isArray(answer.body) ? answer.body[0] : answer.body;
  if (!isJsonObject(outer)) {
    return classifyFailure(answer, { message: stringOf(outer) });
  }
  const inner = outer['error'];
  if (!isJsonObject(inner)) {
    return classifyFailure(answer, {
      message:
        stringOf(inner) ?? stringOf(outer['message']) ?? stringOf(outer['detail']) ?? textOf(outer['detail'] ?? outer),
      code: codeOf(outer['code']),
      type: stringOf(outer['type']),
    });
  }
  return classifyFailure(
    { ...answer, status: statusOf(answer.status, inner) },
    {
      message: stringOf(inner['message']) ?? textOf(inner['message'] ?? inner),
      code: codeOf(inner['code']),
      type: stringOf(inner['type']) ?? stringOf(inner['status']),
      param: stringOf(inner['param']),
    },
  );
}

/** An error with status 200 often brings the true status along. */
function statusOf(status: number, error: JsonObject): number {
  const stated = error['status_code'] ?? error['code'];
  return status < 400 && typeof stated === 'number' && stated >= 400 && stated < 600 ? stated : status;
}

function codeOf(code: Json | undefined): string | undefined {
  return typeof code === 'number' ? String(code) : stringOf(code);
}

function textOf(value: Json): string {
  return JSON.stringify(value);
}

/** Our error as OpenAI's clients read it: `error.code` is a stable word, `metadata` carries the rest. */
export function renderError(error: GatewayError, requestId: string): JsonObject {
  const { type, errorType, isRetryable } = errorCatalogue[error.code];
  return {
    error: {
      message: error.message,
      type,
      code: error.code,
      param: error.param ?? null,
      metadata: { ...error.metadata, error_type: errorType, request_id: requestId, retryable: isRetryable },
    },
  };
}
