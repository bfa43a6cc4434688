import { parseApiKey } from '@turnpike/core/access/api-key';
import type { ManagementKeyActor } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { ControlServices } from '../services.ts';
import { isInRanges } from './addresses.ts';

/**
 * Who a management key is. Throws GatewayError: `invalid_api_key` for what is no key of ours or does not work any
 * more, `expired_api_key`, `access_denied` for a key that calls models, `ip_not_allowed`, `account_suspended`.
 */
export async function authenticateManagementKey(
  { database, clock, digests }: Pick<ControlServices, 'database' | 'clock' | 'digests'>,
  { authorization, ip }: { readonly authorization: string; readonly ip: string },
): Promise<ManagementKeyActor> {
  const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  const parsed = key === undefined ? undefined : parseApiKey(key);
  if (key === undefined || parsed === undefined) {
    throw new GatewayError('invalid_api_key', 'Send a management key as `Authorization: Bearer mk-tp-…`.');
  }
  if (parsed.kind !== 'management') {
    throw new GatewayError('access_denied', 'This key calls models. The management API wants a management key.');
  }
  const principal = await database.findPrincipal(digests.apiKey(key));
  if (principal === undefined || principal.kind !== 'management' || principal.status !== 'active') {
    throw new GatewayError('invalid_api_key', 'This management key does not exist, is disabled or was deleted.');
  }
  if (principal.expiresAtMs !== undefined && principal.expiresAtMs <= clock.nowMs()) {
    throw new GatewayError('expired_api_key', 'This management key has expired. Create another one.');
  }
  if (principal.allowedIps !== undefined && !isInRanges(ip, principal.allowedIps)) {
    throw new GatewayError('ip_not_allowed', 'This management key may not be used from your address.');
  }
  if (principal.organizationStatus !== 'active') {
    throw new GatewayError('account_suspended', 'This organization is suspended. Please write to support.');
  }
  const { organizationId, projectId, apiKeyId } = principal;
  return { type: 'management_key', organizationId, projectId, apiKeyId };
}
