import type { GatewayError } from '@turnpike/core/errors';
import type { ProtocolName } from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

import { findProtocol } from './protocols/index.ts';

/** The body of an error answer in the shape that clients of a protocol read. */
export function renderError(protocol: ProtocolName, error: GatewayError, requestId: string): JsonObject {
  return findProtocol(protocol).renderError(error, requestId);
}
