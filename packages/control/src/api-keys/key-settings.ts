import type { CreateApiKeyInput, UpdateApiKeyInput } from '@turnpike/contracts/api-keys';
import { GatewayError } from '@turnpike/core/errors';
import type { ApiKeySettings } from '@turnpike/db/api-keys';
import { parseRateLimit } from './render-api-key.ts';

/**
 * What a caller wants a key to be, in our own words. Throws GatewayError `invalid_request` for an end in the past:
 * disabling says the same and can be undone.
 */
export function toSettings(input: CreateApiKeyInput | UpdateApiKeyInput, nowMs: number): ApiKeySettings {
  const { name, allowedModels, allowedIps, rateLimits, expiresAt } = input;
  if (expiresAt !== undefined && expiresAt !== null && expiresAt.getTime() <= nowMs) {
    throw new GatewayError('invalid_request', 'expiresAt: Choose a moment in the future.', { param: 'expiresAt' });
  }
  return {
    ...(name === undefined ? {} : { name }),
    ...(allowedModels === undefined ? {} : { allowedModels }),
    ...(allowedIps === undefined ? {} : { allowedIps }),
    ...(rateLimits === undefined ? {} : { rateLimits: rateLimits.map(parseRateLimit) }),
    ...(expiresAt === undefined ? {} : { expiresAtMs: expiresAt === null ? null : expiresAt.getTime() }),
  };
}
