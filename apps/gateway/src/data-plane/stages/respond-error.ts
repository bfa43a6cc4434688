import { renderError } from '@turnpike/adapters/render-error';
import { errorCatalogue, type GatewayError } from '@turnpike/core/errors';
import { renderId, type RequestId } from '@turnpike/core/ids';
import type { ProtocolName } from '@turnpike/core/inference/request';

import type { Sink } from '../call.ts';
import { commonHeaders } from './answer-headers.ts';

const encoder = new TextEncoder();

/**
 * Answers a call that failed before anything was sent, in the shape of the client's protocol. Where an answer had
 * begun, the connection is broken instead: half an answer must not look like a whole one.
 */
export function respondError(sink: Sink, protocol: ProtocolName, error: GatewayError, requestId: RequestId): void {
  if (sink.hasHead) {
    sink.destroy();
    return;
  }
  const body = encoder.encode(JSON.stringify(renderError(protocol, error, renderId('request', requestId))));
  sink.head(error.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    ...commonHeaders(requestId, []),
    // The vendors' SDKs decide by status alone whether to try again, unless they are told.
    ...(errorCatalogue[error.code].isRetryable ? { 'x-should-retry': 'true' } : {}),
    ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterSeconds)) }),
  });
  sink.end(body);
}
