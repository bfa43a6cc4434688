import type { GatewayError } from '@turnpike/core/errors';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import type { SettledUsage } from '../../lane.ts';
import { renderError } from './error.ts';
import { renderUsage } from './usage.ts';

/** What every chunk of one stream repeats. */
export interface ChunkIdentity {
  readonly id: string;
  readonly model: string;
  readonly createdAtSeconds: number;
}

/** The terminator of a stream. */
export const streamEnd = 'data: [DONE]\n\n';

/** One chunk as an event. */
export function renderChunk(identity: ChunkIdentity, rest: JsonObject): string {
  const chunk = {
    id: identity.id,
    object: 'chat.completion.chunk',
    created: identity.createdAtSeconds,
    model: identity.model,
    ...rest,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** The chunk that carries usage and nothing else; `usageJson` is the provider's own object where it is to be kept. */
export function renderUsageChunk(identity: ChunkIdentity, settled: SettledUsage, usageJson?: string): string {
  const event = renderChunk(identity, { choices: [] });
  return event.replace(/\}\n\n$/, () => `,"usage":${usageJson ?? JSON.stringify(renderUsage(settled))}}\n\n`);
}

/** The last chunk of a broken stream: a finish reason `error` beside the error itself. */
export function renderErrorChunk(
  identity: ChunkIdentity,
  error: GatewayError,
  requestId: string,
  settled: SettledUsage | undefined,
): string {
  const body = renderError(error, requestId)['error'];
  const inner: JsonObject = isJsonObject(body) ? body : {};
  const metadata = isJsonObject(inner['metadata']) ? inner['metadata'] : {};
  return renderChunk(identity, {
    error: {
      ...inner,
      metadata: settled === undefined ? metadata : { ...metadata, partial_usage: renderUsage(settled) },
    },
    choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
  });
}
