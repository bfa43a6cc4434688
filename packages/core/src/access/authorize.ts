import { GatewayError } from '../errors.ts';
import type { Principal } from './principal.ts';

/**
 * Refuses a key that may not be used now: disabled or revoked, expired, of a suspended organization, or a management
 * key at an inference door. Throws GatewayError.
 */
export function assertUsable(principal: Principal, nowMs: number): void {
  if (principal.status !== 'active') {
    throw new GatewayError(
      'invalid_api_key',
      'This API key is disabled or was deleted. Create another one in the dashboard.',
    );
  }
  if (principal.expiresAtMs !== undefined && principal.expiresAtMs <= nowMs) {
    throw new GatewayError('expired_api_key', 'This API key has expired. Create another one in the dashboard.');
  }
  if (principal.organizationStatus !== 'active') {
    throw new GatewayError('account_suspended', 'This organization is suspended. Please write to support.');
  }
  if (principal.kind !== 'inference') {
    throw new GatewayError('access_denied', 'This is a management key: it manages keys and cannot call models.');
  }
}

/** Refuses a model that the key's allow-list does not name. Patterns are slugs, or `author/*`. Throws GatewayError. */
export function assertMayUseModel(principal: Principal, slug: string): void {
  if (!mayUseModel(principal, slug)) {
    throw new GatewayError(
      'model_access_denied',
      `This API key may not use \`${slug}\`. An admin can allow it on the key's page.`,
      {
        param: 'model',
      },
    );
  }
}

/** True when the key's allow-list names the model, or when it has none. */
export function mayUseModel(principal: Pick<Principal, 'allowedModels'>, slug: string): boolean {
  return (
    principal.allowedModels?.some((pattern) =>
      pattern.endsWith('/*') ? slug.startsWith(pattern.slice(0, -1)) : pattern === slug,
    ) ?? true
  );
}
