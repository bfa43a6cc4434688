import type { GatewayError } from '@turnpike/core/errors';
import type { JsonObject } from '@turnpike/core/json';

import { renderError } from './error.ts';

/** One event of a stream; its name repeats the type, and clients rely on both. */
export function renderEvent(type: string, rest: JsonObject = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

/** The terminator of a stream. */
export const streamEnd = renderEvent('message_stop');

/** The last event of a broken stream. */
export function renderErrorEvent(error: GatewayError, requestId: string): string {
  return `event: error\ndata: ${JSON.stringify(renderError(error, requestId))}\n\n`;
}
